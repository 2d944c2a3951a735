-- The newest result of a job that computed the same, while it is kept. Read from jobs_cached. The word of a node that
-- was found out since is given to nobody else.
select seq
from jobs
where cache_key = :cacheKey and outcome = 'ok' and ended_at_ms > :endedAfterMs
    and not exists (
        select 1
        from verifications as word
        join copies on copies.copy_seq = word.accepted_seq
        join node_reputation as known on known.worker = copies.worker
        where word.job_seq = jobs.seq and word.basis = 'word' and known.strikes > 0
    )
order by ended_at_ms desc
limit 1
