-- A node's full account of the attempt, signed by it: JSON, without the seal, which follows from it. Null from a node
-- that gave none. It comes and goes with the result.
alter table vouchers add column receipt text;
