-- Accepted: from the commit of this row on, the job is not lost any more.
insert into jobs (id, class_id, priority, state, interpreter, code_sha256, timeout_ms, created_at_ms)
values (:id, :classId, :priority, 'pending', :interpreter, :codeSha256, :timeoutMs, :createdAtMs)
returning seq
