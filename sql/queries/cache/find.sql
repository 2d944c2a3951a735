-- The newest result of a job that computed the same, while it is kept. Read from jobs_cached.
select seq
from jobs
where cache_key = :cacheKey and outcome = 'ok' and ended_at_ms > :endedAfterMs
order by ended_at_ms desc
limit 1
