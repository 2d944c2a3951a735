-- Where one operation of a transaction begins, so that it can be undone alone.
savepoint operation
