-- Likewise those that a node holds or ended, from jobs_of_node_by_age.
select *
from jobs indexed by jobs_of_node_by_age
where node_id = :nodeId
    and copy_of is null
    and (created_at_ms, seq) < (:beforeMs, :beforeSeq)
    and created_at_ms >= :sinceMs
order by created_at_ms desc, seq desc
limit :limit
