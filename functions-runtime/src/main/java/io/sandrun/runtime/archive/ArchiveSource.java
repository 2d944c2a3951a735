package io.sandrun.runtime.archive;

import java.io.IOException;
import java.io.InputStream;

/** Where an archive can be read from its beginning. The stream is closed by whoever opens it. */
@FunctionalInterface
public interface ArchiveSource {
    /** @throws IOException when it is not there: a failure of ours and not of the archive */
    InputStream open() throws IOException;
}
