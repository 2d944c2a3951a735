-- The holder's word on the outcome, or the last word on a lease that was lost. Guarded by the lease: a report under one
-- that was taken away finds no row.
update jobs
set state = :state,
    outcome = :outcome,
    reason = :reason,
    faults = faults + :fault,
    ended_at_ms = :nowMs,
    lease_id = null,
    lease_expires_at_ms = null
where id = :id and node_id = :nodeId and lease_id = :leaseId and state in ('assigned', 'running')
returning *
