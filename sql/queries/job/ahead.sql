-- How many pending jobs come first. Counts no further than the limit, so that asking from the end of a long queue
-- stays cheap.
select count(*)
from (
    select 1
    from jobs
    where state = 'pending' and due_at_ms is null and replicas is null and priority > :priority
    union all
    select 1
    from jobs
    where state = 'pending'
        and due_at_ms is null
        and replicas is null
        and priority = :priority
        and (turn, seq) < ((select own.turn from jobs as own where own.seq = :seq), :seq)
    limit :limit
)
