-- What jobs need of a node, each distinct need once: a claim asks per class, so its cost follows the number of classes
-- and not the length of the queue.
create table requirement_classes (
    id integer primary key,
    canonical text not null unique
) strict;

create table nodes (
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
) strict, without rowid;

-- One row per accepted job. Narrow on purpose: each transition rewrites the row, so the program's text stands apart.
-- lease_id and lease_expires_at_ms are set exactly while a node holds the job; faults counts the attempts that failed
-- through no doing of the program; avoid_node_id is the node that failed it last, while another one could do it. turn
-- is the job's place among those of its priority: each client's jobs count up one by one from where the line stood when
-- they came, so that the lines of several clients interleave. retries says how often an attempt that the program itself
-- failed is followed by another, retried how often that was done, retry_backoff_ms how long the first of them waits.
-- due_at_ms is set exactly while the job's time has not come. cache_key names what the job computes, for those whose
-- submitter allows its result to be used again; cached_from is the job whose result this one was given instead of
-- running.
create table jobs (
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
    reason text not null default '',
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

-- The head of each class's queue.
create index jobs_to_claim on jobs (class_id, priority desc, turn, seq) where state = 'pending' and due_at_ms is null;

-- The place of a job in the whole queue.
create index jobs_in_line on jobs (priority desc, turn, seq) where state = 'pending' and due_at_ms is null;

-- The end of each client's line: where its next job goes.
create index jobs_of_client on jobs (client, priority, turn) where state = 'pending' and due_at_ms is null;

-- Jobs whose time has not come, the next one first.
create index jobs_due on jobs (due_at_ms) where due_at_ms is not null;

-- What a node holds: asked by every heartbeat.
create index jobs_held on jobs (node_id) where lease_id is not null;

-- Leases that nobody ended in time.
create index jobs_overdue on jobs (lease_expires_at_ms) where lease_id is not null;

-- Jobs that keep away from a node: few, and forgotten when a node goes.
create index jobs_avoiding on jobs (avoid_node_id) where avoid_node_id is not null;

-- What the retention sweep deletes next.
create index jobs_ended on jobs (ended_at_ms) where ended_at_ms is not null;

-- The earlier results that a job with the same key may be given.
create index jobs_cached on jobs (cache_key, ended_at_ms) where cache_key is not null and outcome = 'ok';

-- Lists of jobs, the newest first: all, those of a state, those of a node. SQLite adds seq to each by itself. Jobs that
-- nodes hold are few, and need no list.
create index jobs_by_age on jobs (created_at_ms);
create index jobs_pending_by_age on jobs (created_at_ms) where state = 'pending';
create index jobs_ended_by_age on jobs (state, created_at_ms) where ended_at_ms is not null;
create index jobs_of_node_by_age on jobs (node_id, created_at_ms) where node_id is not null;

create table job_specs (
    job_seq integer primary key references jobs (seq) on delete cascade,
    spec text not null
) strict;

-- One row per lease that was ever handed out. An open attempt has no end; a released one has an end and no outcome. The
-- times *_after_ms are the node's own and count from when it got the job: no node's clock is trusted.
create table attempts (
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
    reason text not null default '',
    primary key (job_seq, number),
    check (outcome is null or ended_at_ms is not null)
) strict, without rowid;

-- What the program printed and cost. A job that never ran to an end has no row here.
create table results (
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
) strict;

-- The jobs that were submitted under an Idempotency-Key, those of a batch by their position in it. Kept as long as the
-- job, so that a submitter who is unsure whether the first request arrived may send it again.
create table idempotency_keys (
    client text not null,
    key text not null,
    position integer not null,
    request_sha256 text not null,
    job_seq integer not null references jobs (seq) on delete cascade,
    primary key (client, key, position)
) strict, without rowid;

-- For the cascade: the sweep deletes jobs by the hundred.
create index idempotency_keys_of_job on idempotency_keys (job_seq);
