-- In which order the pieces of stdout and stderr were printed, for a log that is made of them: a few bytes a piece, as
-- broker.job.LogOrder writes them. Null where it needs no order, or where the log is a file of its own.
alter table results add column log_order blob;
