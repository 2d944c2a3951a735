-- Every result that is kept, for an audit. A row whose job is gone is a finding of its own, so no join.
select coalesce((select jobs.id from jobs where jobs.seq = results.job_seq), 'none') as job_id, exit_code, stdout
from results
order by job_seq
