-- What the holder of a lease was given, to be compared with what it signs that it was given. A copy is also told some
-- things about the job of which it is one.
select
    jobs.attempt, job_specs.spec, original.id as original_id,
    coalesce(original.created_at_ms, 0) as original_created_at_ms
from jobs
join job_specs on job_specs.job_seq = jobs.seq
left join jobs as original on original.seq = jobs.copy_of
where jobs.id = :id and jobs.node_id = :nodeId and jobs.lease_id = :leaseId
