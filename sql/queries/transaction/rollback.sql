-- Undoes the whole transaction.
rollback
