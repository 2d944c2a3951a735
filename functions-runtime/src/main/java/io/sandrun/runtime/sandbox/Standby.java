package io.sandrun.runtime.sandbox;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * At most one sandbox of a slot that was made ahead, with its job's process forked and waiting: for a run like the last
 * one, as most are. One thread at a time. Whatever is not taken is ended, since a slot's limits leave no room for it.
 */
final class Standby implements AutoCloseable {
    /** The host's files may change: what was built long ago shows old ones. */
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(15);

    private record Made(Nursery nursery, Layout.Wanted wanted, PreparedSandbox sandbox, long nanos) {}

    private @Nullable Made made;

    /** Asks for one, and does not wait for it. Nothing may be on standby. */
    void make(Nursery nursery, Layout.Wanted wanted) throws IOException {
        made = new Made(nursery, wanted, nursery.request(wanted), System.nanoTime());
    }

    /** One for just this, which is then the caller's; null if there is none, and then nothing is on standby. */
    @Nullable
    PreparedSandbox take(Nursery nursery, Layout.Wanted wanted) {
        Made present = made;
        if (present == null) {
            return null;
        }
        if (present.nursery() == nursery && present.wanted().equals(wanted) && isWell(present)) {
            made = null;
            return present.sandbox();
        }
        close();
        return null;
    }

    private static boolean isWell(Made present) {
        try {
            present.sandbox().hear();
            return present.sandbox().fate().exited() == null && System.nanoTime() - present.nanos() < LONGEST_NANOS;
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends it, and waits until it is gone. */
    @Override
    public void close() {
        Made present = made;
        made = null;
        if (present != null) {
            present.sandbox().end();
        }
    }
}
