-- Likewise those that ended in one state, from jobs_ended_by_age.
select *
from jobs indexed by jobs_ended_by_age
where state = :state and ended_at_ms is not null
    and copy_of is null
    and (created_at_ms, seq) < (:beforeMs, :beforeSeq)
    and created_at_ms >= :sinceMs
order by created_at_ms desc, seq desc
limit :limit
