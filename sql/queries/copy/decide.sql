-- A verified job gets its outcome, from a copy or because its copies do not agree. Guarded: it is decided once, and not
-- after it was cancelled.
update jobs
set state = :state,
    outcome = :outcome,
    reason = :reason,
    node_id = :nodeId,
    attempt = :attempt,
    ended_at_ms = :nowMs
where seq = :jobSeq and state = 'pending' and replicas is not null
returning
    seq, id, class_id, priority, state, attempt, faults, lease_id, node_id, cancel_requested, interpreter, code_sha256,
    created_at_ms, due_at_ms, ended_at_ms, outcome, reason, retries, retried, retry_backoff_ms, cached_from, is_project,
    replicas, quorum, copy_of
