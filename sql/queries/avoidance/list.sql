-- Which nodes pending jobs avoid, by what decides whether there is another one for them.
select distinct avoid_node_id, class_id, client
from jobs indexed by jobs_avoiding
where avoid_node_id is not null and state = 'pending'
