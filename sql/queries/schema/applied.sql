-- The history that this program's own list of migrations must begin with.
select version, file, sha256
from schema_versions
order by version
