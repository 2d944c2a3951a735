-- Few jobs leave anything out, so the result's row is written without it.
update results
set left_out_count = :count
where job_seq = :seq
