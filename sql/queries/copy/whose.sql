-- Whose a job is, and what it is a copy of, if it is one.
select job.client, original.id as original
from jobs as job
left join jobs as original on original.seq = job.copy_of
where job.id = :id
