-- As job/assign.sql and copy/assign.sql, for a node whose owner takes jobs of some clients only: the head of each class
-- and client comes from jobs_to_claim_of_client, so that jobs of others are not walked over. :copySeq may be null.
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
    cross join json_each(:clients) as client
    cross join jobs as best
    where best.seq in (
        :copySeq,
        (
            select head.seq
            from jobs as head indexed by jobs_to_claim_of_client
            where head.state = 'pending'
                and head.due_at_ms is null
                and head.replicas is null
                and head.copy_of is null
                and head.class_id = class.value
                and head.client = client.value
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
