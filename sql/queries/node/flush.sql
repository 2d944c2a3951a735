-- Signs of life live in memory and come here in batches: a heartbeat never takes the write lock.
update nodes
set last_seen_ms = :lastSeenMs, jobs_completed = :jobsCompleted, jobs_failed = :jobsFailed, has_left = :hasLeft
where id = :id
