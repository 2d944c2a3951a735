-- Lets these jobs go to the node that failed them, too.
update jobs indexed by jobs_avoiding
set avoid_node_id = null
where avoid_node_id = :nodeId and class_id = :classId and client = :client and state = 'pending'
returning id, class_id, client
