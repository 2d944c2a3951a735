-- In the transaction of the verdict that changed it.
insert into node_reputation (
    worker, owner, address, streak, agreements, unchecked, rejections, strikes, failures, failures_in_a_row,
    last_against, changed_at_ms
)
values (
    :worker, :owner, :address, :streak, :agreements, :unchecked, :rejections, :strikes, :failures, :failuresInARow,
    :lastAgainst, :nowMs
)
on conflict (worker) do update
set owner = excluded.owner,
    address = excluded.address,
    streak = excluded.streak,
    agreements = excluded.agreements,
    unchecked = excluded.unchecked,
    rejections = excluded.rejections,
    strikes = excluded.strikes,
    failures = excluded.failures,
    failures_in_a_row = excluded.failures_in_a_row,
    last_against = excluded.last_against,
    changed_at_ms = excluded.changed_at_ms
