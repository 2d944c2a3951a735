-- What was brought under leases that have ended: a report has taken over what it names, the rest is of no use. There
-- are few rows: only attempts that come to their end have any.
delete from artifact_uploads
where not exists (
    select 1
    from attempts
    where attempts.lease_id = artifact_uploads.lease_id and attempts.ended_at_ms is null
)
