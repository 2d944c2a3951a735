-- Who vouches for the copy vouches for what the job is given; the signature names the copy.
insert into vouchers (job_seq, worker_id, signature, output_hash)
select :seq, worker_id, signature, output_hash
from vouchers
where job_seq = :sourceSeq
