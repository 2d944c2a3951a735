-- Read once, when the broker starts, the oldest first. Those on this machine without a key have no quota, and may have
-- many jobs.
select
    id, client, created_at_ms, ended_at_ms,
    (
        select coalesce(sum(artifacts.size_bytes), 0)
        from job_inputs
        join artifacts on artifacts.sha256 = job_inputs.sha256
        where job_inputs.job_seq = jobs.seq
    ) + (
        select coalesce(sum(artifacts.size_bytes), 0)
        from job_outputs
        join artifacts on artifacts.sha256 = job_outputs.sha256
        where job_outputs.job_seq = jobs.seq
    ) as bytes
from jobs
where copy_of is null and client not in ('127.0.0.1', '0:0:0:0:0:0:0:0/64')
order by seq
