-- An input of the job that is held under this lease now: a node gets these artifacts and no others. A copy has
-- those of its job.
select artifacts.size_bytes
from attempts
join jobs on jobs.seq = attempts.job_seq and jobs.lease_id = attempts.lease_id
join job_inputs on job_inputs.job_seq = coalesce(jobs.copy_of, jobs.seq) and job_inputs.sha256 = :sha256
join artifacts on artifacts.sha256 = job_inputs.sha256
where attempts.lease_id = :leaseId
limit 1
