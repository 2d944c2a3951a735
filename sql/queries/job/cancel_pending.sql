-- Nobody holds it, so its end needs nobody's help. A copy ends with its job.
update jobs
set state = 'cancelled',
    outcome = 'cancelled',
    cancel_requested = 1,
    avoid_node_id = null,
    due_at_ms = null,
    reason = :reason,
    ended_at_ms = :nowMs
where id = :id and state = 'pending' and copy_of is null
returning
    seq, id, class_id, priority, state, attempt, faults, lease_id, node_id, cancel_requested, interpreter, code_sha256,
    created_at_ms, due_at_ms, ended_at_ms, outcome, reason, retries, retried, retry_backoff_ms, cached_from, is_project,
    replicas, quorum, copy_of
