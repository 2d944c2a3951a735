-- In the same transaction as the end of the job: an outcome is never visible without its output.
insert into results (
    job_seq, stdout, stderr, stdout_bytes, stderr_bytes, exit_code, signal, cpu_seconds, memory_peak_bytes,
    wall_time_ms, log_order, environment
)
values (
    :seq, :stdout, :stderr, :stdoutBytes, :stderrBytes, :exitCode, :signal, :cpuSeconds, :memoryPeakBytes,
    :wallTimeMs, :logOrder, :environment
)
