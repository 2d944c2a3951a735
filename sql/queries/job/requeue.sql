-- The lease is gone, the job is not: it waits for its next attempt at its old place in line.
update jobs
set state = 'pending',
    lease_id = null,
    lease_expires_at_ms = null,
    node_id = null,
    faults = faults + :fault,
    avoid_node_id = :avoidNodeId,
    avoid_until_ms = :avoidUntilMs,
    reason = :reason
where id = :id and node_id = :nodeId and lease_id = :leaseId and state in ('assigned', 'running')
returning *
