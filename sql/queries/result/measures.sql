-- The cost alone: a status does not carry megabytes of output.
select exit_code, signal, cpu_seconds, memory_peak_bytes, wall_time_ms
from results
where job_seq = :seq
