-- Read once at the start of the broker: every claim asks for the standing of its node.
select
    worker, owner, address, streak, agreements, unchecked, rejections, strikes, failures, failures_in_a_row,
    last_against
from node_reputation
