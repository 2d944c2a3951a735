-- One durable fact.
insert into anchor (id, state, body)
values (?, 'pending', ?)
