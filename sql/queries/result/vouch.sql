-- In the same transaction as the result: what is told of it is told with its signature.
insert into vouchers (job_seq, worker_id, signature, output_hash, receipt)
values (:seq, :workerId, :signature, :outputHash, :receipt)
