-- Read once at the start; afterwards the broker counts its own transitions. A verified job waits for its copies and not
-- for a node; each copy counts.
select class_id, count(*) as pending
from jobs
where state = 'pending' and replicas is null
group by class_id
