-- Every job as it stands, for an audit. A job without its program's text could never be handed out.
select
    jobs.id, jobs.state, jobs.attempt, jobs.faults, jobs.retried, jobs.lease_id, jobs.node_id, jobs.outcome,
    exists (select 1 from job_specs where job_specs.job_seq = coalesce(jobs.copy_of, jobs.seq)) as has_spec,
    jobs.cached_from,
    (select idempotency_keys.key from idempotency_keys where idempotency_keys.job_seq = jobs.seq) as key
from jobs
order by jobs.seq
