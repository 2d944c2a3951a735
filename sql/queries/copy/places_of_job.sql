-- Where copies of the job are or were.
select node_id, owner, address
from copy_places
where job_seq = :jobSeq
