package io.sandrun.broker.store;

import java.sql.SQLException;

/** A statement could not be run; the cause tells whether the disk refused ({@link DiskTrouble}) or a constraint. */
final class StatementFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StatementFailed(String statement, SQLException cause) {
        super("The statement " + statement + " failed: " + cause.getMessage(), cause);
    }
}
