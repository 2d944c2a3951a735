-- Copies that nobody has and nobody needs any more.
update jobs
set state = 'cancelled',
    outcome = 'cancelled',
    cancel_requested = 1,
    avoid_node_id = null,
    due_at_ms = null,
    reason = :reason,
    ended_at_ms = :nowMs
where copy_of = :jobSeq and state = 'pending'
returning *
