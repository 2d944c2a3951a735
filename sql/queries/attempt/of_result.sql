-- How the program began whose result this is: a verified job has that of the copy that was believed.
select start, prepare_us, start_us, run_us
from attempts
where job_seq = coalesce((select accepted_seq from verifications where job_seq = :seq), :seq)
order by number desc
limit 1
