-- Who vouches for the copy vouches for what the job is given; signature and receipt name the copy.
insert into vouchers (job_seq, worker_id, signature, output_hash, receipt)
select :seq, worker_id, signature, output_hash, receipt
from vouchers
where job_seq = :sourceSeq
