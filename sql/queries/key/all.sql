-- Read once, when the broker starts: afterwards its memory has them.
select id, name, role, secret_sha256, reads, created_at_ms, expires_at_ms, revoked_at_ms
from api_keys
order by created_at_ms, id
