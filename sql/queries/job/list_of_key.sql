-- Likewise those that a client submitted under a key: so few, one batch at most, that they are sorted. The cross join
-- keeps the key's own index in front, where the planner could prefer the age of all jobs.
select jobs.*
from idempotency_keys
cross join jobs on jobs.seq = idempotency_keys.job_seq
where idempotency_keys.client = :client and idempotency_keys.key = :key
    and (jobs.created_at_ms, jobs.seq) < (:beforeMs, :beforeSeq)
    and jobs.created_at_ms >= :sinceMs
order by jobs.created_at_ms desc, jobs.seq desc
limit :limit
