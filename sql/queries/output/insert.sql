-- In the same transaction as the end of the job. Only what was brought under the report's own lease can be named: that
-- a digest is known to the broker gives nobody a right to its bytes.
insert into job_outputs (job_seq, path, sha256, executable)
select :seq, :path, artifacts.sha256, :executable
from artifact_uploads
join artifacts on artifacts.sha256 = artifact_uploads.sha256
where artifact_uploads.lease_id = :leaseId
    and artifact_uploads.sha256 = :sha256
    and artifacts.size_bytes = :sizeBytes
