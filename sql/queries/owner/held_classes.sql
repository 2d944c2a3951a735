-- What a node has now, to be reckoned against what its owner lets jobs have together; from jobs_held.
select class_id
from jobs
where node_id = :nodeId and lease_id is not null
