-- As job/assign.sql, where a copy was found that the node may have: it competes with the other jobs by its place in
-- line.
update jobs
set state = 'assigned',
    attempt = attempt + 1,
    lease_id = :leaseId,
    lease_expires_at_ms = :nowMs + timeout_ms + :allowanceMs,
    node_id = :nodeId,
    avoid_node_id = null
where seq = (
    select best.seq
    from json_each(:classIds) as class
    cross join jobs as best
    where best.seq in (
        :copySeq,
        (
            select head.seq
            from jobs as head
            where head.state = 'pending'
                and head.due_at_ms is null
                and head.replicas is null
                and head.copy_of is null
                and head.class_id = class.value
                and head.avoid_node_id is not :nodeId
            order by head.priority desc, head.turn, head.seq
            limit 1
        )
    )
    order by best.priority desc, best.turn, best.seq
    limit 1
)
    and state = 'pending'
returning *
