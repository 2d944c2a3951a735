-- A job by the id that its submitter knows.
select *
from jobs
where id = :id
