-- The first time counts.
update api_keys
set revoked_at_ms = :nowMs
where id = :id and revoked_at_ms is null
