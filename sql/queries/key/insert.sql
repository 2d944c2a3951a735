-- The secret itself is told once, to whoever asked for the key, and kept nowhere.
insert into api_keys (id, name, role, secret_sha256, reads, created_at_ms, expires_at_ms)
values (:id, :name, :role, :secretSha256, :reads, :createdAtMs, :expiresAtMs)
