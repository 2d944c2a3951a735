-- Those whose ids begin so, from behind a place in the list or from the newest on. Ids sort by the time at which they
-- were made, so their own index has the newest last. Copies are among them: whoever reads passes them over, and counts
-- what he looks at.
select *
from jobs
where id >= :begin
    and id < coalesce((select place.id from jobs as place where place.seq = :beforeSeq), :end)
order by id desc
limit :limit
