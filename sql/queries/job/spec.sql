-- What a claim hands to its node.
select spec
from job_specs
where job_seq = :seq
