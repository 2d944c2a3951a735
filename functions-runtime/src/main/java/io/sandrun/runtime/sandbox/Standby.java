package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Birth;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * At most one sandbox of a slot that was made ahead, for the run that is expected. One thread at a time. Whatever is
 * not taken is ended before another runs, since a slot's limits leave no room for it.
 */
final class Standby implements AutoCloseable {
    /** The host's files may change: what was built long ago shows old ones. */
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(15);

    /**
     * What was made.
     *
     * @param nursery that it is below, or null
     * @param birth how its command's process comes to be
     */
    record Made(Shape shape, @Nullable Nursery nursery, Birth birth, PreparedSandbox sandbox, long nanos) {}

    /** Processes that did not come to wait, before no more of the kind are started. */
    private static final int PATIENCE = 3;

    private static final int KINDS_REMEMBERED = 64;

    private final Map<AwaitedKind, Integer> failures = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<AwaitedKind, Integer> eldest) {
            return size() > KINDS_REMEMBERED;
        }
    };
    private @Nullable Made made;

    /** There must be none. */
    void keep(Shape shape, @Nullable Nursery nursery, Birth birth, PreparedSandbox sandbox) {
        made = new Made(shape, nursery, birth, sandbox, System.nanoTime());
    }

    boolean isEmpty() {
        return made == null;
    }

    /** One for just this, which is then the caller's, or null; nothing is on standby afterwards. */
    @Nullable
    Made take(Shape shape, @Nullable Nursery nursery) {
        Made present = made;
        if (present != null && fits(present, shape, nursery)) {
            if (isThere(present)) {
                made = null;
                return present;
            }
            distrust(shape);
        }
        close();
        return null;
    }

    private static boolean fits(Made present, Shape shape, @Nullable Nursery nursery) {
        return present.nursery() == nursery
                && present.shape().equals(shape)
                && System.nanoTime() - present.nanos() < LONGEST_NANOS;
    }

    /** A process that was to wait for that did not do. */
    void distrust(Shape shape) {
        if (shape.awaited() != null) {
            failures.merge(shape.awaited(), 1, Integer::sum);
        }
    }

    boolean trusts(Shape shape) {
        return shape.awaited() != null && failures.getOrDefault(shape.awaited(), 0) < PATIENCE;
    }

    private static boolean isThere(Made present) {
        try {
            present.sandbox().hear();
            return !present.sandbox().isGone();
        } catch (IOException e) {
            return false;
        }
    }

    /** Before a nursery goes, for which this may have been made. */
    void leave(Nursery nursery) {
        if (made != null && made.nursery() == nursery) {
            close();
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
