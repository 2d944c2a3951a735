-- Told to people who look for a file that is not there.
insert into job_outputs_left_out (job_seq, position, name, reason)
values (:seq, :position, :name, :reason)
