-- From now on no other copy of the job goes there.
insert into copy_places (job_seq, copy_seq, node_id, owner, address)
values (:jobSeq, :copySeq, :nodeId, :owner, :address)
on conflict (job_seq, copy_seq, node_id) do update
set owner = excluded.owner, address = excluded.address
