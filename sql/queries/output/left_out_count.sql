-- How many there were in all; no row for a job that never ran.
select left_out_count
from results
where job_seq = :seq
