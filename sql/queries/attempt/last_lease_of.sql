-- The latest lease that a node had on a job: for repeated reports of older nodes, which name no lease.
select attempts.lease_id
from attempts
join jobs on jobs.seq = attempts.job_seq
where jobs.id = :id and attempts.node_id = :nodeId
order by attempts.number desc
limit 1
