-- Jobs that keep away from a node, by what decides whether there is another one for them: it is asked again and again
-- which these are, and each lets go only its own jobs.
drop index jobs_avoiding;

create index jobs_avoiding on jobs (avoid_node_id, class_id, client)
where avoid_node_id is not null and state = 'pending';
