-- Few: their number is limited.
select count(*)
from requirement_classes
