-- Read once at the start; afterwards the broker counts its own transitions.
select count(*)
from jobs
where state = 'pending'
