-- The node said that the program runs. A second saying changes nothing.
update jobs
set state = 'running'
where id = :id and node_id = :nodeId and lease_id = :leaseId and state = 'assigned'
