-- As wide as a job of the broker, with one index beside the key, as a queue needs.
create table anchor (
    seq integer primary key,
    id text not null unique,
    state text not null,
    body text not null
) strict
