-- Null goes back to the usual limit.
update api_keys
set concurrent_jobs = :concurrentJobs,
    jobs_per_hour = :jobsPerHour,
    cpu_ms_per_minute = :cpuMsPerMinute,
    stored_bytes = :storedBytes
where id = :id
