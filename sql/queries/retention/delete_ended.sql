-- Forgets jobs whose results were kept long enough, a bounded number at a time so that no submit waits long behind it.
-- Copies go before, with retention/delete_copies.sql.
delete from jobs
where seq in (
    select seq
    from jobs_forgettable
    where ended_at_ms < :endedBeforeMs
    order by ended_at_ms
    limit :limit
)
returning id
