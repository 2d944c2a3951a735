-- The newest jobs before a place in the list. Reads jobs_by_age from that place on, whatever the number of jobs.
select *
from jobs
where copy_of is null
    and (created_at_ms, seq) < (:beforeMs, :beforeSeq)
    and created_at_ms >= :sinceMs
order by created_at_ms desc, seq desc
limit :limit
