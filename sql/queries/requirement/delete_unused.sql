-- Needs that no job has any more; one look into jobs_of_class for each. The newest stays, so that no number comes
-- twice: the broker's memory may still know the old needs by it for a moment.
delete from requirement_classes
where id < (select max(id) from requirement_classes)
    and not exists (select 1 from jobs where jobs.class_id = requirement_classes.id)
returning id, canonical
