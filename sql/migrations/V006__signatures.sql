-- Who vouches for a result: the key of the node that ran the job, its signature, and the hash of what the job left,
-- which is part of what is signed. None from a node without a key, and none for a result that was copied from an
-- earlier job, since its node spoke of that job.
create table vouchers (
    job_seq integer primary key references results (job_seq) on delete cascade,
    worker_id text not null,
    signature text not null,
    output_hash text not null
) strict;
