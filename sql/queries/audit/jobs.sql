-- Every job as it stands, for an audit. A job without its program's text could never be handed out.
select
    jobs.id, jobs.state, jobs.attempt, jobs.faults, jobs.lease_id, jobs.node_id, jobs.outcome,
    exists (select 1 from job_specs where job_specs.job_seq = jobs.seq) as has_spec
from jobs
order by jobs.seq
