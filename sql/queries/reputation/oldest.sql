-- Whether anything is old enough to be forgotten: one step in node_reputation_by_age.
select changed_at_ms
from node_reputation
order by changed_at_ms
limit 1
