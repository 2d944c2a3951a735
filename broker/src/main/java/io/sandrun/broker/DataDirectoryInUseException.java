package io.sandrun.broker;

import java.nio.file.Path;

/** Another broker works on this data directory. */
public final class DataDirectoryInUseException extends RuntimeException {
    DataDirectoryInUseException(Path directory, String holder) {
        super("The data directory " + directory + " is in use by another broker" + holder
                + ": stop that one, or choose another directory with --data.");
    }
}
