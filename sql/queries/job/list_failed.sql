-- Likewise those that failed in one way, from jobs_failed_by_age: a rare way is found among millions of others.
select *
from jobs indexed by jobs_failed_by_age
where state = 'failed' and outcome = :outcome
    and copy_of is null
    and (created_at_ms, seq) < (:beforeMs, :beforeSeq)
    and created_at_ms >= :sinceMs
order by created_at_ms desc, seq desc
limit :limit
