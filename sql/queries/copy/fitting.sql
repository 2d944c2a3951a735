-- The copy that is the next for a node. Those of a class are looked at in their order, one of each job, as many as
-- :looks behind the first :skip copies, since some may be out of bounds for this node: where another copy of their job
-- is or ended, at this node or at one of the same owner or address; a copy that was given back is nowhere, and one
-- whose place was freed. Where :anyAddress is 1 addresses do not count; where :clients is a list, others' copies are
-- out of bounds too. What is passed over costs a step in copies_to_claim and no look. The first that will do is the
-- last that is looked at, since near is read in its order: to order it again would look at all of it.
select best.seq
from json_each(:classIds) as class
cross join jobs as best
where best.seq = (
    select near.seq
    from (
        select behind.seq, behind.copy_of
        from (
            select copy.seq, copy.copy_of
            from jobs as copy
            where copy.state = 'pending'
                and copy.due_at_ms is null
                and copy.copy_of is not null
                and copy.class_id = class.value
            order by copy.priority desc, copy.turn, copy.seq
            limit -1 offset :skip
        ) as behind
        where not exists (
            select 1
            from jobs as alike indexed by copies_unfinished
            where alike.copy_of = behind.copy_of
                and alike.copy_of is not null
                and alike.ended_at_ms is null
                and alike.state = 'pending'
                and alike.seq < behind.seq
        )
        limit :looks
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
        and (
            :clients is null
            or exists (
                select 1
                from jobs as own
                where own.seq = near.seq and own.client in (select value from json_each(:clients))
            )
        )
    limit 1
)
order by best.priority desc, best.turn, best.seq
limit 1
