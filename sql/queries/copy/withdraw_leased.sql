-- Their nodes hear it with the next heartbeat's answer.
update jobs
set cancel_requested = 1
where copy_of = :jobSeq and state in ('assigned', 'running') and cancel_requested = 0
returning *
