-- How many jobs are remembered, for whoever asks how the pool is doing: an index has them all.
-- The copies of a verified job are not jobs of anybody.
select count(*)
from jobs
where copy_of is null
