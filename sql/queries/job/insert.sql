-- Accepted: from the commit of this row on, the job is not lost any more.
insert into jobs (
    id, class_id, priority, state, interpreter, code_sha256, timeout_ms, created_at_ms, retries, retry_backoff_ms,
    due_at_ms, cache_key
)
values (
    :id, :classId, :priority, 'pending', :interpreter, :codeSha256, :timeoutMs, :createdAtMs, :retries, :retryBackoffMs,
    :dueAtMs, :cacheKey
)
returning seq
