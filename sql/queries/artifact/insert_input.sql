-- In the same transaction as the job: no job is ever accepted whose files may be deleted.
insert into job_inputs (job_seq, position, sha256)
values (:seq, :position, :sha256)
