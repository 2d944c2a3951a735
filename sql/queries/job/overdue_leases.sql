-- Leases that outlived their job's time limit although their node is alive: its program or its report is lost.
select jobs.lease_id, jobs.id as job_id, jobs.state, jobs.cancel_requested, jobs.node_id, attempts.assigned_at_ms
from jobs
join attempts on attempts.job_seq = jobs.seq and attempts.number = jobs.attempt
where jobs.lease_id is not null and jobs.lease_expires_at_ms < :nowMs
order by jobs.lease_expires_at_ms
limit :limit
