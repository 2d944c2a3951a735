-- One of those that artifact/ended_uploads.sql has found.
delete from artifact_uploads
where lease_id = :leaseId and sha256 = :sha256
