-- Likewise those whose ids begin so. Ids sort by the time at which they were made, so their own index has the newest
-- last. The inner limit bounds what is looked at for whoever sees few of them.
select *
from (
    select *
    from jobs
    where id >= :begin and id < :end
    order by id desc
    limit :limit
)
where copy_of is null
    and (:client is null or client = :client)
    and (created_at_ms, seq) < (:beforeMs, :beforeSeq)
    and created_at_ms >= :sinceMs
order by id desc
limit :limit
