-- A job that is given the result of an earlier one and never waits. Guarded by all that makes the earlier one fit,
-- since its number may come from memory while the sweep has deleted it. It stands in no line, so its turn is any.
insert into jobs (
    id, class_id, priority, client, turn, state, interpreter, code_sha256, timeout_ms, created_at_ms, ended_at_ms,
    outcome, node_id, cached_from, is_project, replicas, quorum
)
select
    :id, :classId, :priority, :client, 1, 'completed', :interpreter, :codeSha256, :timeoutMs, :createdAtMs,
    :createdAtMs, 'ok', node_id, id, :isProject, replicas, quorum
from jobs
where seq = :sourceSeq and cache_key = :cacheKey and outcome = 'ok' and ended_at_ms > :endedAfterMs
    and not exists (
        select 1
        from verifications as word
        join copies on copies.copy_seq = word.accepted_seq
        join node_reputation as known on known.worker = copies.worker
        where word.job_seq = jobs.seq and word.basis = 'word' and known.strikes > 0
    )
returning *
