-- The node that holds a lease now; no row if the lease is not held (any more).
select attempts.node_id
from attempts
join jobs on jobs.seq = attempts.job_seq and jobs.lease_id = attempts.lease_id
where attempts.lease_id = :leaseId
