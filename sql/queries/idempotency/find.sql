-- What this client submitted under this key before.
select idempotency_keys.request_sha256, jobs.id as job_id
from idempotency_keys
join jobs on jobs.seq = idempotency_keys.job_seq
where idempotency_keys.client = :client and idempotency_keys.key = :key and idempotency_keys.position = :position
