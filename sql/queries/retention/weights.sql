-- What the jobs weigh that retention/delete_ended.sql deletes next, each with its copies: rows, and pages of what was
-- printed. The lengths of blobs stand beside them and cost no reading of them.
select
    (
        select sum(
            1 + (select count(*) from job_outputs where job_outputs.job_seq = one.seq)
            + coalesce(
                (
                    select (length(results.stdout) + length(results.stderr)) / 4096
                    from results
                    where results.job_seq = one.seq
                ),
                0
            )
        )
        from jobs as one
        where one.seq = ended.seq or (one.copy_of is not null and one.copy_of = ended.seq)
    ) as weight
from jobs_forgettable as ended
where ended.ended_at_ms < :endedBeforeMs
order by ended.ended_at_ms
limit :limit
