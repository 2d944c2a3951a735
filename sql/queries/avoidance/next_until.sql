-- When the first of the pending jobs that avoid a node has done so for long enough.
select avoid_until_ms
from jobs indexed by jobs_avoiding_until
where avoid_until_ms is not null and avoid_node_id is not null and state = 'pending'
order by avoid_until_ms
limit 1
