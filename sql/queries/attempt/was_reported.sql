-- Whether this node's report under this lease is in the book already: its answer was lost, so it says it again.
select count(*)
from attempts
join jobs on jobs.seq = attempts.job_seq
where jobs.id = :id
    and attempts.node_id = :nodeId
    and attempts.lease_id = :leaseId
    and attempts.outcome is not null
    and attempts.outcome <> 'node_lost'
