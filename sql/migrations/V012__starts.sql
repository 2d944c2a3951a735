-- How the program's process came to be, and how long each phase took, microseconds: by its node's account, null where
-- it does not say.
alter table attempts add column start text
    check (start in ('cold', 'forked', 'warm'));
alter table attempts add column prepare_us integer
    check (prepare_us >= 0);
alter table attempts add column start_us integer
    check (start_us >= 0);
alter table attempts add column run_us integer
    check (run_us >= 0);
