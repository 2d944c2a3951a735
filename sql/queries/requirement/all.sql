-- Read once at the start of the broker; later ones arrive with their first job.
select id, canonical
from requirement_classes
