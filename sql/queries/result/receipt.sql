-- The node's account of a job's last attempt, which few ask for: it is not read with the rest.
select receipt
from vouchers
where job_seq = :seq and receipt is not null
