-- API keys, each as the SHA-256 of its text: what is read here lets nobody in. A key that was revoked stays, so that a
-- broker that had keys once never again takes requests without one. reads is the key whose jobs a key of role read
-- sees; null for all jobs.
create table api_keys (
    id text primary key,
    name text not null,
    role text not null check (role in ('read', 'submit', 'admin', 'node')),
    secret_sha256 text not null check (length(secret_sha256) = 64),
    reads text,
    created_at_ms integer not null,
    expires_at_ms integer,
    revoked_at_ms integer,
    check (reads is null or role = 'read')
) strict, without rowid;

-- For the lists of those who see no jobs but their own.
create index jobs_of_client_by_age on jobs (client, created_at_ms) where copy_of is null;
