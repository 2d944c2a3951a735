-- The next verified jobs without a decision, in their order, whatever the number of jobs: a piece of jobs_undecided.
-- Of a stalled one copies have ended and no node has one: whoever may have the next one may be gone.
select
    job.seq, job.class_id, job.client, verifications.alone_since_ms,
    exists (
        select 1
        from jobs as ended
        where ended.copy_of = job.seq and ended.ended_at_ms is not null
    )
    and not exists (
        select 1
        from jobs as held indexed by copies_unfinished
        where held.copy_of = job.seq
            and held.copy_of is not null
            and held.ended_at_ms is null
            and held.state <> 'pending'
    ) as is_stalled
from jobs as job indexed by jobs_undecided
join verifications on verifications.job_seq = job.seq
where job.state = 'pending' and job.replicas is not null and job.seq > :afterSeq
order by job.seq
limit :limit
