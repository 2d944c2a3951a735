-- The present lease of a job on a node: for reports of older nodes, which name no lease.
select lease_id
from jobs
where id = :id and node_id = :nodeId and lease_id is not null
