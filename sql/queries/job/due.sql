-- Jobs whose time has come, a bounded number at a time so that no submit waits long behind them.
select seq, priority
from jobs
where due_at_ms is not null and due_at_ms <= :nowMs
order by due_at_ms
limit :limit
