-- Output and cost of a job that ran to its end.
select
    stdout, stderr, stdout_bytes, stderr_bytes, exit_code, signal, cpu_seconds, memory_peak_bytes, wall_time_ms,
    log_order, environment
from results
where job_seq = :seq
