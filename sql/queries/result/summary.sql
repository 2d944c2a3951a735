-- The cost and who vouches for it: a status does not carry megabytes of output.
select
    results.exit_code, results.signal, results.cpu_seconds, results.memory_peak_bytes, results.wall_time_ms,
    results.environment, vouchers.worker_id, vouchers.signature, vouchers.output_hash
from results
left join vouchers on vouchers.job_seq = results.job_seq
where results.job_seq = :seq
