-- Whether a job came as files and not as a snippet: those who send the one and those who send the other know different
-- words for the same states.
alter table jobs add column is_project integer not null default 0 check (is_project in (0, 1));
