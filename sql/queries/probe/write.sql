-- Asked now and then whether the disk takes writes: this one goes all the way down to it.
insert into probes (id, written_at_ms)
values (1, :nowMs)
on conflict (id) do update set written_at_ms = excluded.written_at_ms + (excluded.written_at_ms = written_at_ms)
