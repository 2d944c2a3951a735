-- Read once, when the broker starts: afterwards its memory has them.
select id, name, role, secret_sha256, reads, created_at_ms, expires_at_ms, revoked_at_ms,
    concurrent_jobs, jobs_per_hour, cpu_ms_per_minute, stored_bytes
from api_keys
order by created_at_ms, id
