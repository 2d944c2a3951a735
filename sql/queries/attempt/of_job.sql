-- For the job's timeline.
select
    number, assigned_at_ms, started_at_ms, ended_at_ms, prepared_after_ms, started_after_ms, ended_after_ms, outcome,
    start, prepare_us, start_us, run_us
from attempts
where job_seq = :seq
order by number
