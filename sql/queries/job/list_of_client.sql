-- Likewise those that a client submitted, from jobs_of_client_by_age: who sees no others does not look at them.
select *
from jobs indexed by jobs_of_client_by_age
where client = :client
    and copy_of is null
    and (created_at_ms, seq) < (:beforeMs, :beforeSeq)
    and created_at_ms >= :sinceMs
order by created_at_ms desc, seq desc
limit :limit
