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
returning *
