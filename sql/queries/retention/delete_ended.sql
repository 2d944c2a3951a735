-- Forgets jobs whose results were kept long enough, a bounded number at a time so that no submit waits long behind it.
-- Copies go before, with retention/delete_copies.sql; a job with one that a node still has waits for it.
delete from jobs
where seq in (
    select seq
    from jobs
    where ended_at_ms is not null
        and copy_of is null
        and ended_at_ms < :endedBeforeMs
        and not exists (
            select 1
            from jobs as copy indexed by copies_unfinished
            where copy.copy_of = jobs.seq and copy.copy_of is not null and copy.ended_at_ms is null
        )
    order by ended_at_ms
    limit :limit
)
returning id
