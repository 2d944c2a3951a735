-- A node that registers again keeps its counters and the time of its first registration.
insert into nodes (id, worker_id, owner, address, name, endpoint, capabilities, registered_at_ms, last_seen_ms)
values (:id, :workerId, :owner, :address, :name, :endpoint, :capabilities, :nowMs, :nowMs)
on conflict (id) do update
set owner = excluded.owner,
    address = excluded.address,
    name = excluded.name,
    endpoint = excluded.endpoint,
    capabilities = excluded.capabilities,
    last_seen_ms = excluded.last_seen_ms,
    has_left = 0
