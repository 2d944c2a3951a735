-- Needs that were stored before they told of the disk: the most that one of their jobs asks for. Those that no job has
-- any more are about to be deleted.
update requirement_classes
set
    canonical = json_set(
        canonical,
        '$.disk_mb',
        (
            select coalesce(max(job_specs.spec ->> '$.limits.disk_mb'), 0)
            from jobs
            inner join job_specs on jobs.seq = job_specs.job_seq
            where jobs.class_id = requirement_classes.id
        )
    )
where canonical ->> '$.disk_mb' is null;
