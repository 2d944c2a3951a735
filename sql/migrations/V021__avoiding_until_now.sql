-- Jobs that had begun to keep away from a node before there was a time for it: theirs is up.
update jobs
set avoid_until_ms = 0
where avoid_node_id is not null and avoid_until_ms is null;
