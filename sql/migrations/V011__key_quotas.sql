-- Limits of a key that differ from the broker's usual ones: null where they do not, 0 for none.
alter table api_keys add column concurrent_jobs integer
    check (concurrent_jobs >= 0);
alter table api_keys add column jobs_per_hour integer
    check (jobs_per_hour >= 0);
alter table api_keys add column cpu_ms_per_minute integer
    check (cpu_ms_per_minute >= 0);
alter table api_keys add column stored_bytes integer
    check (stored_bytes >= 0);
