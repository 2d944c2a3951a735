-- One file, by the path that it had in /work and no other way of writing it.
select job_outputs.path, job_outputs.sha256, artifacts.size_bytes, job_outputs.executable
from job_outputs
join artifacts on artifacts.sha256 = job_outputs.sha256
where job_outputs.job_seq = :seq and job_outputs.path = :path
