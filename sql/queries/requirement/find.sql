-- The number that stands for these needs.
select id
from requirement_classes
where canonical = :canonical
