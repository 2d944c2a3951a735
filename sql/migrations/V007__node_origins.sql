-- Where nodes come from: who answers for a node, and the address that it registered from. Copies of one job go to nodes
-- that have neither in common. A node that named no owner has none here, and answers for itself.
alter table nodes add column owner text;
alter table nodes add column address text not null default '';
