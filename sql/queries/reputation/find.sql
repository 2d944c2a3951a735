-- What a node is known for, by its key.
select
    worker, owner, address, streak, agreements, unchecked, rejections, strikes, failures, failures_in_a_row,
    last_against
from node_reputation
where worker = :worker
