-- Its own copy, since the earlier job is forgotten before it.
insert into results (
    job_seq, stdout, stderr, stdout_bytes, stderr_bytes, exit_code, signal, cpu_seconds, memory_peak_bytes,
    wall_time_ms, log_order, environment, left_out_count
)
select
    :seq, stdout, stderr, stdout_bytes, stderr_bytes, exit_code, signal, cpu_seconds, memory_peak_bytes,
    wall_time_ms, log_order, environment, left_out_count
from results
where job_seq = :sourceSeq
