-- A verified job is never handed out itself: its copies are, each a job of its own with copy_of set, to nodes that have
-- nothing to do with each other. replicas and quorum are set for verified jobs and for no others.
alter table jobs add column replicas
    integer check (replicas > 1);
alter table jobs add column quorum
    integer check (quorum > 1);
alter table jobs add column copy_of
    integer references jobs (seq) on delete cascade;

-- What a verified job waits for. lot is drawn when it is submitted, so that a decision is the same however often it is
-- asked for; nodes must not know it. The rest is set when it is decided: the copy whose answer it was given, and why.
create table verifications (
    job_seq integer primary key references jobs (seq) on delete cascade,
    lot integer not null,
    accepted_seq integer,
    basis text not null default ''
) strict;

-- What is known of a copy beside its row among the jobs: worker is the key of the node that had it last, or its id if
-- it has no key; digest is that of its answer, once it was looked at; verdict is what the decision made of it. A check
-- is a copy that was sent out when the answer was known.
create table copies (
    copy_seq integer primary key references jobs (seq) on delete cascade,
    is_check integer not null check (is_check in (0, 1)),
    worker text,
    digest text,
    verdict text
) strict;

-- Where the copies of a job were: no other copy of it goes to the same node, owner or address.
create table copy_places (
    job_seq integer not null references jobs (seq) on delete cascade,
    copy_seq integer not null references jobs (seq) on delete cascade,
    node_id text not null,
    owner text not null,
    address text not null,
    primary key (job_seq, copy_seq, node_id)
) strict, without rowid;

create index copy_places_of_copy on copy_places (copy_seq);

-- What nodes have shown themselves to be worth, by their key, so that one that registers anew keeps it; by their id
-- where they have no key. Written with each verdict, in its transaction. Owner and address are its last ones.
create table node_reputation (
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

create index copies_of_job on jobs (copy_of) where copy_of is not null;

-- Copies that keep their job from being forgotten: few.
create index copies_unfinished on jobs (copy_of) where copy_of is not null and ended_at_ms is null;

-- Where a copy is looked for: apart from other jobs, so that these are found as before and in the same time.
create index copies_to_claim on jobs (class_id, priority desc, turn, seq, copy_of)
where state = 'pending' and due_at_ms is null and copy_of is not null;

drop index jobs_to_claim;
create index jobs_to_claim on jobs (class_id, priority desc, turn, seq)
where state = 'pending' and due_at_ms is null and replicas is null and copy_of is null;

-- Copies stand in line like other jobs, the verified job does not.
drop index jobs_in_line;
create index jobs_in_line on jobs (priority desc, turn, seq)
where state = 'pending' and due_at_ms is null and replicas is null;

drop index jobs_of_client;
create index jobs_of_client on jobs (client, priority, turn)
where state = 'pending' and due_at_ms is null and replicas is null;

-- Copies are deleted with their job, and stand in no list.
drop index jobs_ended;
create index jobs_ended on jobs (ended_at_ms) where ended_at_ms is not null and copy_of is null;
drop index jobs_by_age;
create index jobs_by_age on jobs (created_at_ms) where copy_of is null;
drop index jobs_pending_by_age;
create index jobs_pending_by_age on jobs (created_at_ms) where state = 'pending' and copy_of is null;
drop index jobs_ended_by_age;
create index jobs_ended_by_age on jobs (state, created_at_ms) where ended_at_ms is not null and copy_of is null;
drop index jobs_of_node_by_age;
create index jobs_of_node_by_age on jobs (node_id, created_at_ms) where node_id is not null and copy_of is null;
