-- A node has brought this under a lease. It may bring the same twice: the first answer was lost, or two files are
-- equal.
insert into artifact_uploads (lease_id, sha256)
values (:leaseId, :sha256)
on conflict (lease_id, sha256) do nothing
