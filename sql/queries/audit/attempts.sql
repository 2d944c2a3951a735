-- Every lease that was ever handed out, for an audit. A row whose job is gone is a finding of its own, so no join.
select
    coalesce((select jobs.id from jobs where jobs.seq = attempts.job_seq), 'none') as job_id,
    number, lease_id, node_id, assigned_at_ms, ended_at_ms, outcome
from attempts
order by job_seq, number
