-- What was wanted of a job and not kept.
select name, reason
from job_outputs_left_out
where job_seq = :seq
order by position
