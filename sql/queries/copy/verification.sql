-- What was drawn for the job, and how it was decided.
select
    verifications.lot, verifications.basis, accepted.id as accepted_id, verifications.accepted_seq
from verifications
left join jobs as accepted on accepted.seq = verifications.accepted_seq
where verifications.job_seq = :jobSeq
