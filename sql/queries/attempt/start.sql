-- For the job's timeline.
update attempts
set started_at_ms = :nowMs
where lease_id = :leaseId and started_at_ms is null and ended_at_ms is null
