-- Survives a restart of the broker and of the node: whoever took the machine out of service puts it back.
update nodes
set is_drained = :isDrained
where id = :id
