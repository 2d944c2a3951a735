-- The program itself failed, and its submitter wants it tried again: it waits for its next attempt, at its old place in
-- line unless it has to wait for its time first.
update jobs
set state = 'pending',
    lease_id = null,
    lease_expires_at_ms = null,
    node_id = null,
    retried = retried + 1,
    due_at_ms = :dueAtMs,
    reason = :reason
where id = :id and node_id = :nodeId and lease_id = :leaseId and state in ('assigned', 'running') and retried < retries
returning *
