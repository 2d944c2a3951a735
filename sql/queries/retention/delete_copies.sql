-- The copies of the jobs that retention/delete_ended.sql deletes next, in the same transaction. By themselves they
-- would go as well, but nobody would hear of it.
delete from jobs
where copy_of in (
    select seq
    from jobs_forgettable
    where ended_at_ms < :endedBeforeMs
    order by ended_at_ms
    limit :limit
)
returning id
