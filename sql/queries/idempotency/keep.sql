-- In the transaction of the job itself: a key without its job would refuse what was never accepted.
insert into idempotency_keys (client, key, position, request_sha256, job_seq)
values (:client, :key, :position, :requestSha256, :seq)
