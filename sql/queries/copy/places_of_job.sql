-- Where copies of the job are or ended, and keep others away. One that was given back is nowhere until it is taken
-- again.
select place.node_id, place.owner, place.address
from copy_places as place
join jobs as there on there.seq = place.copy_seq and there.node_id = place.node_id
where place.job_seq = :jobSeq and not place.is_free
