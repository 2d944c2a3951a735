-- How many jobs are remembered, for whoever asks how the pool is doing: the smallest index has them all.
select count(*)
from jobs
