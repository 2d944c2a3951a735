-- What is known of nodes that are gone is forgotten by its age.
create index node_reputation_by_age on node_reputation (changed_at_ms);
