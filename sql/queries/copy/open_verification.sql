-- With the job itself, in the same transaction.
insert into verifications (job_seq, lot)
values (:jobSeq, :lot)
