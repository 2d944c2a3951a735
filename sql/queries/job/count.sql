-- Read once at the start; afterwards the broker counts its own transitions. An index has them all. The copies of a
-- verified job are not jobs of anybody.
select count(*)
from jobs
where copy_of is null
