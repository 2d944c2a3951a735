-- Their nodes hear it with the next heartbeat's answer.
update jobs
set cancel_requested = 1
where copy_of = :jobSeq and state in ('assigned', 'running') and cancel_requested = 0
returning
    seq, id, class_id, priority, state, attempt, faults, lease_id, node_id, cancel_requested, interpreter, code_sha256,
    created_at_ms, due_at_ms, ended_at_ms, outcome, reason, retries, retried, retry_backoff_ms, cached_from, is_project,
    replicas, quorum, copy_of
