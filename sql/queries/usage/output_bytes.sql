-- What a job keeps of files that it was given with the answer of another one.
select coalesce(sum(artifacts.size_bytes), 0)
from job_outputs
join artifacts on artifacts.sha256 = job_outputs.sha256
where job_outputs.job_seq = :seq
