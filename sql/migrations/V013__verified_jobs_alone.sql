-- Since when no node was there that may have the job's next copy; null as long as one is. Kept, so that a restart of
-- the broker does not begin the wait anew.
alter table verifications add column alone_since_ms
    integer;

-- A copy that was lost has said nothing: where nobody else is left, it keeps its node and owner from no other copy.
alter table copy_places add column is_free
    integer not null default 0 check (is_free in (0, 1));

-- Walked through in pieces, to see whether those are still there who may have the next copies.
create index jobs_undecided on jobs (seq) where state = 'pending' and replicas is not null;
