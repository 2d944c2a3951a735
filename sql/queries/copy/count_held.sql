-- Asked for nodes that may not have many.
select count(*)
from jobs
where node_id = :nodeId and lease_id is not null and copy_of is not null
