-- Remembers which migrations ran, and their text's hash, so that an edited one is noticed instead of trusted.
create table if not exists schema_versions (
    version integer primary key,
    file text not null,
    sha256 text not null,
    applied_at_ms integer not null
) strict
