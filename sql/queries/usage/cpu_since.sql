-- Read once, when the broker starts: the CPU time of the last minute, by the second. Of a verified job the copies count
-- that ran for its answer; a result that was there already cost nothing.
select client, ended_at_ms / 1000 * 1000 as at_ms, sum(cpu_seconds) as cpu_seconds
from (
    select jobs.client, jobs.ended_at_ms, results.cpu_seconds
    from jobs
    join results on results.job_seq = jobs.seq
    where jobs.ended_at_ms >= :sinceMs
        and jobs.copy_of is null
        and jobs.replicas is null
        and jobs.cached_from is null
    union all
    select copy.client, copy.ended_at_ms, results.cpu_seconds
    from copies
    join jobs as copy on copy.seq = copies.copy_seq
    join results on results.job_seq = copy.seq
    where copies.is_check = 0 and copy.ended_at_ms >= :sinceMs
)
group by client, at_ms
order by at_ms
