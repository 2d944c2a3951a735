-- Read once at the start of the broker.
select id, worker_id, owner, address, name, endpoint, capabilities, last_seen_ms, jobs_completed, jobs_failed, has_left,
    is_drained
from nodes
order by registered_at_ms, id
