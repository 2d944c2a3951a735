-- For the status of the job: whose answer it was given, and on which ground.
update verifications
set accepted_seq = :copySeq, basis = :basis
where job_seq = :jobSeq
