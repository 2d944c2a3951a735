-- Forgets jobs whose results were kept long enough, a bounded number at a time so that no submit waits long behind it.
delete from jobs
where seq in (
    select seq
    from jobs
    where ended_at_ms is not null and ended_at_ms < :endedBeforeMs
    order by ended_at_ms
    limit :limit
)
returning id
