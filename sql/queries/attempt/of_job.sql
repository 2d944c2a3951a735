-- For the job's timeline, and what is told of each try.
select
    number, node_id, assigned_at_ms, started_at_ms, ended_at_ms, prepared_after_ms, started_after_ms, ended_after_ms,
    outcome, reason, start, prepare_us, start_us, run_us
from attempts
where job_seq = :seq
order by number
