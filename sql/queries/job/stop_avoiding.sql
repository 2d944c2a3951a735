-- A node went, so the one that these jobs keep away from may be the only one left that fits.
update jobs
set avoid_node_id = null
where avoid_node_id is not null and state = 'pending'
returning id, class_id, client
