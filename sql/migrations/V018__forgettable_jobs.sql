-- Jobs that may be forgotten with their copies when they are old enough; one with a copy that a node still has waits.
-- What is weighed and what goes have to be the same jobs.
create view jobs_forgettable as
select ended.seq, ended.ended_at_ms
from jobs as ended
where ended.ended_at_ms is not null
    and ended.copy_of is null
    and not exists (
        select 1
        from jobs as copy indexed by copies_unfinished
        where copy.copy_of = ended.seq and copy.copy_of is not null and copy.ended_at_ms is null
    );
