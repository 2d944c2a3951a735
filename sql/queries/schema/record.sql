-- In the same transaction as the migration itself: either both are there or none is.
insert into schema_versions (version, file, sha256, applied_at_ms)
values (:version, :file, :sha256, :nowMs)
