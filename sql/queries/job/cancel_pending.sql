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
returning *
