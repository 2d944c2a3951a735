-- Jobs whose time has come get in line, a bounded number at a time so that no submit waits long behind them.
update jobs
set due_at_ms = null
where seq in (
    select seq
    from jobs
    where due_at_ms is not null and due_at_ms <= :nowMs
    order by due_at_ms
    limit :limit
)
returning id, class_id
