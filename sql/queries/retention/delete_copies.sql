-- The copies of the jobs that retention/delete_ended.sql deletes next, in the same transaction. By themselves they
-- would go as well, but nobody would hear of it.
delete from jobs
where copy_of in (
    select ended.seq
    from jobs as ended
    where ended.ended_at_ms is not null
        and ended.copy_of is null
        and ended.ended_at_ms < :endedBeforeMs
        and not exists (
            select 1
            from jobs as copy indexed by copies_unfinished
            where copy.copy_of = ended.seq and copy.copy_of is not null and copy.ended_at_ms is null
        )
    order by ended.ended_at_ms
    limit :limit
)
returning id
