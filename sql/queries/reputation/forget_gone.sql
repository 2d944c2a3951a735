-- What is known of nodes that the broker does not remember any more, once it is old: sooner where nothing is held
-- against them. Reads node_reputation_by_age up to the younger of the two ages.
delete from node_reputation
where worker in (
    select known.worker
    from node_reputation as known indexed by node_reputation_by_age
    where known.changed_at_ms < :changedBeforeMs
        and (
            known.changed_at_ms < :heldAgainstBeforeMs
            or (known.strikes = 0 and known.failures_in_a_row < :failuresHeldAgainst)
        )
        and not exists (select 1 from nodes where nodes.worker_id = known.worker)
        and not exists (select 1 from nodes where nodes.id = known.worker)
    order by known.changed_at_ms
    limit :limit
)
returning worker
