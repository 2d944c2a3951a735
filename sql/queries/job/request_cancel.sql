-- Its node hears it with the next heartbeat's answer.
update jobs
set cancel_requested = 1
where id = :id and state in ('assigned', 'running') and copy_of is null
returning *
