-- When to look again: there is one timer and not one for each job.
select min(due_at_ms) as next_due_at_ms
from jobs
where due_at_ms is not null
