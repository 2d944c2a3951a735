-- As job/assign.sql, where copies wait as well. Those of a class are looked at in their order, one of each job, as many
-- as :looks behind the first :skip, since some may be out of bounds for this node: where another copy of their job is
-- or ended, at this node or at one of the same owner or address; a copy that was given back is nowhere, and one whose
-- place was freed. Where
-- :anyAddress is 1 addresses do not count. The first that will do is the last that is looked at, since near is read in
-- its order: to order it again would look at all of it.
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
        ),
        (
            select near.seq
            from (
                select copy.seq, copy.copy_of
                from jobs as copy
                where copy.state = 'pending'
                    and copy.due_at_ms is null
                    and copy.copy_of is not null
                    and copy.class_id = class.value
                    and not exists (
                        select 1
                        from jobs as alike indexed by copies_unfinished
                        where alike.copy_of = copy.copy_of
                            and alike.copy_of is not null
                            and alike.ended_at_ms is null
                            and alike.state = 'pending'
                            and alike.seq < copy.seq
                    )
                order by copy.priority desc, copy.turn, copy.seq
                limit :looks offset :skip
            ) as near
            where not exists (
                select 1
                from copy_places as place
                join jobs as there on there.seq = place.copy_seq and there.node_id = place.node_id
                where place.job_seq = near.copy_of
                    and not place.is_free
                    and place.copy_seq <> near.seq
                    and (
                        place.node_id = :nodeId
                        or place.owner = :owner
                        or (place.address = :address and not :anyAddress)
                    )
            )
            limit 1
        )
    )
    order by best.priority desc, best.turn, best.seq
    limit 1
)
    and state = 'pending'
returning *
