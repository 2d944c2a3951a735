-- Undoes the operation alone. The mark itself stays until it is released.
rollback to savepoint operation
