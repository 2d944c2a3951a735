-- One more copy, at the place in line that its job has: the submitter's turn. Only while the job waits for a decision,
-- or as a check of a node when the answer is known.
insert into jobs (
    id, class_id, priority, client, turn, state, interpreter, code_sha256, timeout_ms, created_at_ms, due_at_ms,
    is_project, copy_of
)
select
    :id, class_id, priority, client, turn, 'pending', interpreter, code_sha256, timeout_ms, :nowMs, :dueAtMs,
    is_project, seq
from jobs
where seq = :jobSeq and replicas is not null and (state = 'pending') = (not :isCheck)
returning id, class_id, client
