-- The copies of a job in the order in which they were made, for the decision and for its evidence. Those that were
-- withdrawn before a node had them say nothing.
select
    jobs.seq, jobs.id, jobs.class_id, jobs.state, jobs.attempt, jobs.node_id, jobs.outcome, jobs.reason,
    copies.is_check, copies.worker, copies.digest, copies.verdict, place.owner, place.address
from jobs
join copies on copies.copy_seq = jobs.seq
left join copy_places as place
    on place.job_seq = jobs.copy_of and place.copy_seq = jobs.seq and place.node_id = jobs.node_id
where jobs.copy_of = :jobSeq and not (jobs.state = 'cancelled' and copies.worker is null)
order by jobs.seq
