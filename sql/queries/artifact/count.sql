-- Whether it is known: a file that nobody knows is left over from a crash.
select count(*)
from artifacts
where sha256 = :sha256
