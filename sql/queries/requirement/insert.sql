-- Two submits may bring the same new class in one transaction: the second finds the first one's row.
insert into requirement_classes (canonical)
values (:canonical)
on conflict (canonical) do nothing
