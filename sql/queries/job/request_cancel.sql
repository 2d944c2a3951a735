-- Its node hears it with the next heartbeat's answer.
update jobs
set cancel_requested = 1
where id = :id and state in ('assigned', 'running') and copy_of is null
returning
    seq, id, class_id, priority, state, attempt, faults, lease_id, node_id, cancel_requested, interpreter, code_sha256,
    created_at_ms, due_at_ms, ended_at_ms, outcome, reason, retries, retried, retry_backoff_ms, cached_from, is_project,
    replicas, quorum, copy_of
