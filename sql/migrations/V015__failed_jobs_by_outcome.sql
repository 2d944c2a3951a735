-- For lists of the jobs that failed in one way. Those that did not fail cost it nothing.
create index jobs_failed_by_age on jobs (outcome, created_at_ms) where state = 'failed' and copy_of is null;
