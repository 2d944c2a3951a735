-- Likewise those that a client submitted, from jobs_of_client_by_age: who sees no others does not look at them.
select
    seq, id, class_id, priority, state, attempt, faults, lease_id, node_id, cancel_requested, interpreter, code_sha256,
    created_at_ms, due_at_ms, ended_at_ms, outcome, reason, retries, retried, retry_backoff_ms, cached_from, is_project,
    replicas, quorum, copy_of
from jobs indexed by jobs_of_client_by_age
where client = :client
    and copy_of is null
    and (created_at_ms, seq) < (:beforeMs, :beforeSeq)
    and created_at_ms >= :sinceMs
order by created_at_ms desc, seq desc
limit :limit
