-- The files that were kept of a job, in the order of their paths.
select job_outputs.path, job_outputs.sha256, artifacts.size_bytes, job_outputs.executable
from job_outputs
join artifacts on artifacts.sha256 = job_outputs.sha256
where job_outputs.job_seq = :seq
order by job_outputs.path
