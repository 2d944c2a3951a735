-- Likewise what was left out of them.
insert into job_outputs_left_out (job_seq, position, name, reason)
select :seq, position, name, reason
from job_outputs_left_out
where job_seq = :sourceSeq
