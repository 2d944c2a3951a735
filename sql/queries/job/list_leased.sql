-- Likewise those that nodes hold: so few that they are sorted.
select *
from jobs indexed by jobs_held
where lease_id is not null
    and copy_of is null
    and (created_at_ms, seq) < (:beforeMs, :beforeSeq)
    and created_at_ms >= :sinceMs
order by created_at_ms desc, seq desc
limit :limit
