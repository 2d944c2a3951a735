-- Likewise those that wait, from jobs_pending_by_age.
select *
from jobs indexed by jobs_pending_by_age
where state = 'pending'
    and copy_of is null
    and (created_at_ms, seq) < (:beforeMs, :beforeSeq)
    and created_at_ms >= :sinceMs
order by created_at_ms desc, seq desc
limit :limit
