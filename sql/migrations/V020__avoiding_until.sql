-- Until when a job keeps away from the node that failed it, since the others that fit may be full for long.
alter table jobs add column avoid_until_ms integer;

create index jobs_avoiding_until on jobs (avoid_until_ms) where avoid_node_id is not null and state = 'pending';
