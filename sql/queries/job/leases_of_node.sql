-- What the node holds by our book: compared with what it says it holds.
select jobs.lease_id, jobs.id as job_id, jobs.state, jobs.cancel_requested, jobs.node_id, attempts.assigned_at_ms
from jobs
join attempts on attempts.job_seq = jobs.seq and attempts.number = jobs.attempt
where jobs.node_id = :nodeId and jobs.lease_id is not null
