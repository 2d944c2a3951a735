-- Needs that no job has any more are deleted: to see which those are, and to check the reference, this index is read.
create index jobs_of_class on jobs (class_id);
