-- Files that jobs begin with or leave behind, each once, named by the SHA-256 of its bytes. The bytes are files beside
-- the database; a row stands as long as something refers to it.
create table artifacts (
    sha256 text primary key check (length(sha256) = 64),
    size_bytes integer not null check (size_bytes >= 0)
) strict, without rowid;

-- What a job is to begin with, in the order in which it is put into /work.
create table job_inputs (
    job_seq integer not null references jobs (seq) on delete cascade,
    position integer not null check (position >= 0),
    sha256 text not null references artifacts (sha256),
    primary key (job_seq, position)
) strict, without rowid;

-- What was kept of a job, by the path that each file had in /work.
create table job_outputs (
    job_seq integer not null references jobs (seq) on delete cascade,
    path text not null,
    sha256 text not null references artifacts (sha256),
    executable integer not null check (executable in (0, 1)),
    primary key (job_seq, path)
) strict, without rowid;

-- What was wanted and not kept: the first of them by name, for people; results counts them all.
create table job_outputs_left_out (
    job_seq integer not null references jobs (seq) on delete cascade,
    position integer not null check (position >= 0),
    name text not null,
    reason text not null,
    primary key (job_seq, position)
) strict, without rowid;

-- What a node has brought under a lease before it reports: its report may name these and nothing else.
create table artifact_uploads (
    lease_id text not null references attempts (lease_id) on delete cascade,
    sha256 text not null references artifacts (sha256),
    primary key (lease_id, sha256)
) strict, without rowid;

-- Whether anything refers to an artifact is asked for each one that might be deleted.
create index job_inputs_of_artifact on job_inputs (sha256);
create index job_outputs_of_artifact on job_outputs (sha256);
create index artifact_uploads_of_artifact on artifact_uploads (sha256);

-- The prepared environment that the program ran in, name@digest, and how many outputs were left out.
alter table results add column environment text;
alter table results add column left_out_count integer not null default 0 check (left_out_count >= 0);
