-- Whose a job is: asked for those who may not know of everybody's.
select client
from jobs
where id = :id
