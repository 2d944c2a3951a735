-- The schema as SQLite keeps it: compared with sql/schema.sql, the page for readers.
select sql
from sqlite_schema
where sql is not null and name not like 'sqlite_%'
order by rowid
