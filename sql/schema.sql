CREATE TABLE schema_versions (
    version integer primary key,
    file text not null,
    sha256 text not null,
    applied_at_ms integer not null
) strict
;

CREATE TABLE requirement_classes (
    id integer primary key,
    canonical text not null unique
) strict;

CREATE TABLE nodes (
    id text primary key,
    worker_id text unique,
    name text not null,
    endpoint text not null,
    capabilities text not null check (json_valid(capabilities)),
    registered_at_ms integer not null,
    last_seen_ms integer not null,
    jobs_completed integer not null default 0,
    jobs_failed integer not null default 0,
    has_left integer not null default 0 check (has_left in (0, 1)),
    is_drained integer not null default 0 check (is_drained in (0, 1))
, owner text, address text not null default '') strict, without rowid;

CREATE TABLE jobs (
    seq integer primary key,
    id text not null unique,
    class_id integer not null references requirement_classes (id),
    priority integer not null default 0,
    client text not null,
    turn integer not null check (turn > 0),
    state text not null check (state in ('pending', 'assigned', 'running', 'completed', 'failed', 'cancelled')),
    attempt integer not null default 0 check (attempt >= 0),
    faults integer not null default 0 check (faults >= 0),
    lease_id text,
    lease_expires_at_ms integer,
    node_id text,
    avoid_node_id text,
    cancel_requested integer not null default 0 check (cancel_requested in (0, 1)),
    interpreter text not null,
    code_sha256 text not null,
    timeout_ms integer not null check (timeout_ms > 0),
    retries integer not null default 0 check (retries >= 0),
    retried integer not null default 0 check (retried >= 0),
    retry_backoff_ms integer not null default 0 check (retry_backoff_ms >= 0),
    due_at_ms integer,
    cache_key text,
    cached_from text,
    created_at_ms integer not null,
    ended_at_ms integer,
    outcome text check (
        outcome in (
            'ok', 'exit_nonzero', 'signalled', 'timed_out', 'out_of_memory', 'output_limit', 'disk_limit',
            'process_limit', 'cancelled', 'node_lost', 'install_failed', 'sandbox_error', 'invalid_input',
            'verification_failed'
        )
    ),
    reason text not null default '', is_project integer not null default 0 check (is_project in (0, 1)), replicas
    integer check (replicas > 1), quorum
    integer check (quorum > 1), copy_of
    integer references jobs (seq) on delete cascade, avoid_until_ms integer,
    check ((state in ('assigned', 'running')) = (lease_id is not null)),
    check ((lease_id is null) = (lease_expires_at_ms is null)),
    check (lease_id is null or node_id is not null),
    check ((state in ('completed', 'failed', 'cancelled')) = (outcome is not null)),
    check ((outcome is null) = (ended_at_ms is null)),
    check (outcome is null or (state = 'completed') = (outcome = 'ok')),
    check (outcome is null or (state = 'cancelled') = (outcome = 'cancelled')),
    check (retried <= retries),
    check (due_at_ms is null or state = 'pending'),
    check (cached_from is null or state = 'completed')
) strict;

CREATE INDEX jobs_due on jobs (due_at_ms) where due_at_ms is not null;

CREATE INDEX jobs_held on jobs (node_id) where lease_id is not null;

CREATE INDEX jobs_overdue on jobs (lease_expires_at_ms) where lease_id is not null;

CREATE INDEX jobs_cached on jobs (cache_key, ended_at_ms) where cache_key is not null and outcome = 'ok';

CREATE TABLE job_specs (
    job_seq integer primary key references jobs (seq) on delete cascade,
    spec text not null
) strict;

CREATE TABLE attempts (
    job_seq integer not null references jobs (seq) on delete cascade,
    number integer not null check (number > 0),
    lease_id text not null unique,
    node_id text not null,
    assigned_at_ms integer not null,
    started_at_ms integer,
    ended_at_ms integer,
    prepared_after_ms integer check (prepared_after_ms >= 0),
    started_after_ms integer check (started_after_ms >= 0),
    ended_after_ms integer check (ended_after_ms >= 0),
    outcome text check (
        outcome in (
            'ok', 'exit_nonzero', 'signalled', 'timed_out', 'out_of_memory', 'output_limit', 'disk_limit',
            'process_limit', 'cancelled', 'node_lost', 'install_failed', 'sandbox_error', 'invalid_input',
            'verification_failed'
        )
    ),
    reason text not null default '', start text
    check (start in ('cold', 'forked', 'warm')), prepare_us integer
    check (prepare_us >= 0), start_us integer
    check (start_us >= 0), run_us integer
    check (run_us >= 0),
    primary key (job_seq, number),
    check (outcome is null or ended_at_ms is not null)
) strict, without rowid;

CREATE TABLE results (
    job_seq integer primary key references jobs (seq) on delete cascade,
    stdout blob not null,
    stderr blob not null,
    stdout_bytes integer not null,
    stderr_bytes integer not null,
    exit_code integer not null,
    signal integer,
    cpu_seconds real not null,
    memory_peak_bytes integer not null,
    wall_time_ms integer not null
, environment text, left_out_count integer not null default 0 check (left_out_count >= 0), log_order blob) strict;

CREATE TABLE idempotency_keys (
    client text not null,
    key text not null,
    position integer not null,
    request_sha256 text not null,
    job_seq integer not null references jobs (seq) on delete cascade,
    primary key (client, key, position)
) strict, without rowid;

CREATE INDEX idempotency_keys_of_job on idempotency_keys (job_seq);

CREATE INDEX jobs_of_class on jobs (class_id);

CREATE TABLE artifacts (
    sha256 text primary key check (length(sha256) = 64),
    size_bytes integer not null check (size_bytes >= 0)
) strict, without rowid;

CREATE TABLE job_inputs (
    job_seq integer not null references jobs (seq) on delete cascade,
    position integer not null check (position >= 0),
    sha256 text not null references artifacts (sha256),
    primary key (job_seq, position)
) strict, without rowid;

CREATE TABLE job_outputs (
    job_seq integer not null references jobs (seq) on delete cascade,
    path text not null,
    sha256 text not null references artifacts (sha256),
    executable integer not null check (executable in (0, 1)),
    primary key (job_seq, path)
) strict, without rowid;

CREATE TABLE job_outputs_left_out (
    job_seq integer not null references jobs (seq) on delete cascade,
    position integer not null check (position >= 0),
    name text not null,
    reason text not null,
    primary key (job_seq, position)
) strict, without rowid;

CREATE TABLE artifact_uploads (
    lease_id text not null references attempts (lease_id) on delete cascade,
    sha256 text not null references artifacts (sha256),
    primary key (lease_id, sha256)
) strict, without rowid;

CREATE INDEX job_inputs_of_artifact on job_inputs (sha256);

CREATE INDEX job_outputs_of_artifact on job_outputs (sha256);

CREATE INDEX artifact_uploads_of_artifact on artifact_uploads (sha256);

CREATE TABLE vouchers (
    job_seq integer primary key references results (job_seq) on delete cascade,
    worker_id text not null,
    signature text not null,
    output_hash text not null
, receipt text) strict;

CREATE TABLE verifications (
    job_seq integer primary key references jobs (seq) on delete cascade,
    lot integer not null,
    accepted_seq integer,
    basis text not null default ''
, alone_since_ms
    integer) strict;

CREATE TABLE copies (
    copy_seq integer primary key references jobs (seq) on delete cascade,
    is_check integer not null check (is_check in (0, 1)),
    worker text,
    digest text,
    verdict text
) strict;

CREATE TABLE copy_places (
    job_seq integer not null references jobs (seq) on delete cascade,
    copy_seq integer not null references jobs (seq) on delete cascade,
    node_id text not null,
    owner text not null,
    address text not null, is_free
    integer not null default 0 check (is_free in (0, 1)),
    primary key (job_seq, copy_seq, node_id)
) strict, without rowid;

CREATE INDEX copy_places_of_copy on copy_places (copy_seq);

CREATE TABLE node_reputation (
    worker text primary key,
    owner text not null,
    address text not null,
    streak integer not null,
    agreements integer not null,
    unchecked integer not null,
    rejections integer not null,
    strikes integer not null,
    failures integer not null,
    failures_in_a_row integer not null,
    last_against text,
    changed_at_ms integer not null
) strict, without rowid;

CREATE INDEX copies_of_job on jobs (copy_of) where copy_of is not null;

CREATE INDEX copies_unfinished on jobs (copy_of) where copy_of is not null and ended_at_ms is null;

CREATE INDEX copies_to_claim on jobs (class_id, priority desc, turn, seq, copy_of)
where state = 'pending' and due_at_ms is null and copy_of is not null;

CREATE INDEX jobs_to_claim on jobs (class_id, priority desc, turn, seq)
where state = 'pending' and due_at_ms is null and replicas is null and copy_of is null;

CREATE INDEX jobs_in_line on jobs (priority desc, turn, seq)
where state = 'pending' and due_at_ms is null and replicas is null;

CREATE INDEX jobs_of_client on jobs (client, priority, turn)
where state = 'pending' and due_at_ms is null and replicas is null;

CREATE INDEX jobs_ended on jobs (ended_at_ms) where ended_at_ms is not null and copy_of is null;

CREATE INDEX jobs_by_age on jobs (created_at_ms) where copy_of is null;

CREATE INDEX jobs_pending_by_age on jobs (created_at_ms) where state = 'pending' and copy_of is null;

CREATE INDEX jobs_ended_by_age on jobs (state, created_at_ms) where ended_at_ms is not null and copy_of is null;

CREATE INDEX jobs_of_node_by_age on jobs (node_id, created_at_ms) where node_id is not null and copy_of is null;

CREATE TABLE api_keys (
    id text primary key,
    name text not null,
    role text not null check (role in ('read', 'submit', 'admin', 'node')),
    secret_sha256 text not null check (length(secret_sha256) = 64),
    reads text,
    created_at_ms integer not null,
    expires_at_ms integer,
    revoked_at_ms integer, concurrent_jobs integer
    check (concurrent_jobs >= 0), jobs_per_hour integer
    check (jobs_per_hour >= 0), cpu_ms_per_minute integer
    check (cpu_ms_per_minute >= 0), stored_bytes integer
    check (stored_bytes >= 0),
    check (reads is null or role = 'read')
) strict, without rowid;

CREATE INDEX jobs_of_client_by_age on jobs (client, created_at_ms) where copy_of is null;

CREATE INDEX jobs_undecided on jobs (seq) where state = 'pending' and replicas is not null;

CREATE INDEX node_reputation_by_age on node_reputation (changed_at_ms);

CREATE INDEX jobs_failed_by_age on jobs (outcome, created_at_ms) where state = 'failed' and copy_of is null;

CREATE TABLE probes (
    id integer primary key check (id = 1),
    written_at_ms integer not null
) strict;

CREATE INDEX jobs_to_claim_of_client on jobs (class_id, client, priority desc, turn, seq)
where state = 'pending' and due_at_ms is null and replicas is null and copy_of is null;

CREATE VIEW jobs_forgettable as
select ended.seq, ended.ended_at_ms
from jobs as ended
where ended.ended_at_ms is not null
    and ended.copy_of is null
    and not exists (
        select 1
        from jobs as copy indexed by copies_unfinished
        where copy.copy_of = ended.seq and copy.copy_of is not null and copy.ended_at_ms is null
    );

CREATE INDEX jobs_avoiding on jobs (avoid_node_id, class_id, client)
where avoid_node_id is not null and state = 'pending';

CREATE INDEX jobs_avoiding_until on jobs (avoid_until_ms) where avoid_node_id is not null and state = 'pending';
