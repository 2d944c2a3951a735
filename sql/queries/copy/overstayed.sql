-- Decided jobs that a copy outlives for so long that it keeps them from being forgotten.
select distinct job.seq
from jobs as copy indexed by copies_unfinished
join jobs as job on job.seq = copy.copy_of
where copy.copy_of is not null
    and copy.ended_at_ms is null
    and copy.cancel_requested = 0
    and job.ended_at_ms < :endedBeforeMs
limit :limit
