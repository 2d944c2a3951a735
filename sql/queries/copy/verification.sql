-- What was drawn for the job, and how it was decided.
select
    verifications.lot, verifications.basis, verifications.alone_since_ms, verifications.accepted_seq,
    accepted.id as accepted_id, copies.digest as accepted_digest, copies.worker as accepted_worker
from verifications
left join jobs as accepted on accepted.seq = verifications.accepted_seq
left join copies on copies.copy_seq = verifications.accepted_seq
where verifications.job_seq = :jobSeq
