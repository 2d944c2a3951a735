-- Those whose ids begin so, from behind an id on. Ids sort by the time at which they were made, so their own index has
-- the newest last. Copies are among them: whoever reads passes them over, and counts what he looks at.
select *
from jobs
where id >= :begin and id < :before
order by id desc
limit :limit
