-- Jobs that wait, by whose they are: nodes whose owners name API keys look for the jobs of each.
create index jobs_to_claim_of_client on jobs (class_id, client, priority desc, turn, seq)
where state = 'pending' and due_at_ms is null and replicas is null and copy_of is null;
