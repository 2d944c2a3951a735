-- A job to which another row points: a copy, or what it is a copy of.
select *
from jobs
where seq = :seq
