package io.sandrun.runtime;

import io.sandrun.runtime.linux.DirectoryDescriptor;
import java.io.IOException;

/** Takes something out of /work after a run that ended {@link Outcome#OK}, when nothing of it runs any more. */
@FunctionalInterface
public interface Harvest {
    Harvest NOTHING = work -> {};

    /** @throws IOException when it could not be kept: a failure of ours, which the run then ends with */
    void take(DirectoryDescriptor work) throws IOException;
}
