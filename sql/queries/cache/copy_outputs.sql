-- The files of the earlier job's result belong to it; their bytes are not copied.
insert into job_outputs (job_seq, path, sha256, executable)
select :seq, path, sha256, executable
from job_outputs
where job_seq = :sourceSeq
