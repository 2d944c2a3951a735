-- Accepted: from the commit of this row on, the job is not lost any more. Its turn follows its client's last pending
-- one, but is no earlier than the head of the jobs that the same nodes can serve: a newcomer joins the line there,
-- beside clients who have waited with many. Without such a head the turn that was handed out lately stands for it.
insert into jobs (
    id, class_id, priority, client, turn, state, interpreter, code_sha256, timeout_ms, created_at_ms, retries,
    retry_backoff_ms, due_at_ms, cache_key, is_project, replicas, quorum
)
values (
    :id,
    :classId,
    :priority,
    :client,
    1 + max(
        coalesce(
            (
                select min(alike.turn)
                from jobs as alike
                where alike.state = 'pending'
                    and alike.due_at_ms is null
                    and alike.replicas is null
                    and alike.copy_of is null
                    and alike.class_id = :classId
                    and alike.priority = :priority
            ) - 1,
            :turnNow,
            (
                select min(waiting.turn)
                from jobs as waiting
                where waiting.state = 'pending'
                    and waiting.due_at_ms is null
                    and waiting.replicas is null
                    and waiting.priority = :priority
            ) - 1,
            0
        ),
        coalesce(
            (
                select max(own.turn)
                from jobs as own
                where own.state = 'pending'
                    and own.due_at_ms is null
                    and own.replicas is null
                    and own.client = :client
                    and own.priority = :priority
            ),
            0
        )
    ),
    'pending',
    :interpreter,
    :codeSha256,
    :timeoutMs,
    :createdAtMs,
    :retries,
    :retryBackoffMs,
    :dueAtMs,
    :cacheKey,
    :isProject,
    :replicas,
    :quorum
)
returning seq
