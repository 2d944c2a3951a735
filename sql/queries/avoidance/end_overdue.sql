-- Likewise those that have kept away from it for long enough.
update jobs indexed by jobs_avoiding_until
set avoid_node_id = null
where avoid_until_ms <= :nowMs and avoid_node_id is not null and state = 'pending'
returning id, class_id, client
