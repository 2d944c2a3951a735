-- The program's text stands apart from the row that each transition rewrites.
insert into job_specs (job_seq, spec)
values (:seq, :spec)
