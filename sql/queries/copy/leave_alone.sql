-- Nobody is left for the job since then; or somebody is again.
update verifications
set alone_since_ms = :sinceMs
where job_seq = :jobSeq
