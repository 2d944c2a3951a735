-- Who holds anything at all: compared with who is alive. Answered from the index of held jobs alone.
select distinct node_id
from jobs
where lease_id is not null
