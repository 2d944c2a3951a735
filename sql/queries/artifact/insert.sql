-- Known from now on; another job may have brought the same bytes before.
insert into artifacts (sha256, size_bytes)
values (:sha256, :sizeBytes)
on conflict (sha256) do nothing
