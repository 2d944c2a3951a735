package io.sandrun.broker.store;

import java.util.Optional;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Tells a disk that refuses from a fault of ours: the first may pass, and the caller may try again. */
final class DiskTrouble {
    /** Extended result codes carry the primary one in their low byte: https://www.sqlite.org/rescode.html */
    private static final int PRIMARY = 0xff;

    private DiskTrouble() {}

    /** The answer to give for a failure, if the disk, its lock or its room is what failed. */
    static Optional<StoreUnavailableException> in(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLiteException refused && mayPass(refused.getResultCode())) {
                return Optional.of(
                        new StoreUnavailableException("The store's disk refuses: try again later.", failure));
            }
        }
        return Optional.empty();
    }

    private static boolean mayPass(SQLiteErrorCode code) {
        int primary = code.code & PRIMARY;
        return primary == SQLiteErrorCode.SQLITE_FULL.code
                || primary == SQLiteErrorCode.SQLITE_IOERR.code
                || primary == SQLiteErrorCode.SQLITE_CANTOPEN.code
                || primary == SQLiteErrorCode.SQLITE_READONLY.code
                || primary == SQLiteErrorCode.SQLITE_BUSY.code
                || primary == SQLiteErrorCode.SQLITE_NOMEM.code;
    }
}
