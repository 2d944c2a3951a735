-- A job by the id that its submitter knows.
select
    seq, id, class_id, priority, state, attempt, faults, lease_id, node_id, cancel_requested, interpreter, code_sha256,
    created_at_ms, ended_at_ms, outcome, reason
from jobs
where id = :id
