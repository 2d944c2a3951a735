-- A node that was silent for long and holds nothing is forgotten.
delete from nodes
where id = :id and not exists (select 1 from jobs where jobs.node_id = nodes.id and jobs.lease_id is not null)
