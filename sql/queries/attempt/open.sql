-- One row per lease that was ever handed out; a retry never rewrites the attempt before it.
insert into attempts (job_seq, number, lease_id, node_id, assigned_at_ms)
values (:seq, :number, :leaseId, :nodeId, :nowMs)
