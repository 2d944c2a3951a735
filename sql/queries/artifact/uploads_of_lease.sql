-- How much was brought under a lease, for its limits, and whether a certain file was; no row if the lease is not held
-- (any more).
select
    count(artifacts.sha256) as files,
    coalesce(sum(artifacts.size_bytes), 0) as bytes,
    coalesce(max(artifacts.sha256 = :sha256), 0) as has_file
from attempts
join jobs on jobs.seq = attempts.job_seq and jobs.lease_id = attempts.lease_id
left join artifact_uploads on artifact_uploads.lease_id = attempts.lease_id
left join artifacts on artifacts.sha256 = artifact_uploads.sha256
where attempts.lease_id = :leaseId
group by attempts.lease_id
