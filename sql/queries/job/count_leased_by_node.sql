-- How busy each node is.
select node_id, count(*) as leases
from jobs
where lease_id is not null
group by node_id
