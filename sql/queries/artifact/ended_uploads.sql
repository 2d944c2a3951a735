-- What was brought under leases that have ended: a report has taken over what it names, the rest is of no use. A lease
-- that has ended never begins again, so that this can be read beside the writer; from a place on, in pieces.
select lease_id, sha256
from artifact_uploads
where (lease_id, sha256) > (:afterLeaseId, :afterSha256)
    and not exists (
        select 1
        from attempts
        where attempts.lease_id = artifact_uploads.lease_id and attempts.ended_at_ms is null
    )
order by lease_id, sha256
limit :limit
