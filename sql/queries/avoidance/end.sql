-- Lets jobs go to the node that failed them, too: those of each of these [node, class, client].
update jobs
set avoid_node_id = null
where seq in (
    select avoiding.seq
    from json_each(:avoidances) as one
    cross join jobs as avoiding indexed by jobs_avoiding
    where avoiding.avoid_node_id = one.value ->> 0
        and avoiding.class_id = one.value ->> 1
        and avoiding.client = one.value ->> 2
        and avoiding.avoid_node_id is not null
        and avoiding.state = 'pending'
)
returning id, class_id, client
