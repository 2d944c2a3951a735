-- What is written to see whether anything can be written. One row, which changes each time: SQLite spares the disk a
-- change that changes nothing.
create table probes (
    id integer primary key check (id = 1),
    written_at_ms integer not null
) strict;
