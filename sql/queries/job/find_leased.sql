-- The job that this node holds under this lease; nothing if the lease was taken away.
select
    seq, id, class_id, priority, state, attempt, faults, lease_id, node_id, cancel_requested, interpreter, code_sha256,
    created_at_ms, due_at_ms, ended_at_ms, outcome, reason, retries, retried, retry_backoff_ms, cached_from, is_project,
    replicas, quorum, copy_of
from jobs
where id = :id and node_id = :nodeId and lease_id = :leaseId
