-- The job that this node holds under this lease; nothing if the lease was taken away.
select *
from jobs
where id = :id and node_id = :nodeId and lease_id = :leaseId
