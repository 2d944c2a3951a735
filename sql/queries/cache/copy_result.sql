-- Its own copy, since the earlier job is forgotten before it.
insert into results (
    job_seq, stdout, stderr, stdout_bytes, stderr_bytes, exit_code, signal, cpu_seconds, memory_peak_bytes, wall_time_ms
)
select
    :seq, stdout, stderr, stdout_bytes, stderr_bytes, exit_code, signal, cpu_seconds, memory_peak_bytes, wall_time_ms
from results
where job_seq = :sourceSeq
