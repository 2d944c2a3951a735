-- What the broker looks at when it starts: verified jobs without a decision, and decided ones of which a copy is not
-- judged.
select jobs.seq
from jobs
where jobs.state = 'pending' and jobs.replicas is not null
union
select copy.copy_of
from copies
join jobs as copy on copy.seq = copies.copy_seq
where copies.verdict is null and copy.state <> 'cancelled'
