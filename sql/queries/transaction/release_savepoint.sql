-- The operation is part of its transaction now.
release savepoint operation
