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

    /** What was made, as {@link #make} was told. */
    record Made(Shape shape, @Nullable Nursery nursery, Birth birth, PreparedSandbox sandbox, long nanos) {}

    /** What an empty sandbox has of the kernel's memory. */
    private static final long EMPTY_BYTES = 1L << 20;

    /** What a process writes to by itself, and what it has copied ahead at most, see rehearsal.c. */
    private static final long FORKED_BYTES = (3L + 5L) << 20;

    /** Of a Node.js that has started; what it maps from its file is shared and not counted. */
    private static final long AWAITED_BYTES = 32L << 20;

    /** Processes that did not come to wait, before no more of the kind are started. */
    private static final int PATIENCE = 3;

    private static final int KINDS_REMEMBERED = 64;

    private final Map<AwaitedKind, Integer> failures = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<AwaitedKind, Integer> eldest) {
            return size() > KINDS_REMEMBERED;
        }
    };
    private final WarmMemory warm;
    private @Nullable Made made;

    /** @param warm what is made is taken from it */
    Standby(WarmMemory warm) {
        this.warm = warm;
    }

    /** How one is made. */
    interface Maker {
        PreparedSandbox make() throws IOException;
    }

    /**
     * Has one made, if there is none and memory for one is left; does not wait until it is ready.
     *
     * @param nursery that it is below, or null
     * @param birth how its command's process comes to be
     */
    boolean make(Shape shape, @Nullable Nursery nursery, Birth birth, Maker maker) throws IOException {
        if (made != null || !warm.take(bytes(birth))) {
            return false;
        }
        try {
            made = new Made(shape, nursery, birth, maker.make(), System.nanoTime());
            return true;
        } finally {
            if (made == null) {
                warm.give(bytes(birth));
            }
        }
    }

    private static long bytes(Birth birth) {
        return switch (birth) {
            case EXECUTED -> EMPTY_BYTES;
            case FORKED -> FORKED_BYTES;
            case AWAITED -> AWAITED_BYTES;
        };
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
                warm.give(bytes(present.birth()));
                return present;
            }
            AwaitedKind awaited = shape.awaited();
            if (present.birth() == Birth.AWAITED && awaited != null) {
                distrust(awaited);
            }
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
    void distrust(AwaitedKind kind) {
        failures.merge(kind, 1, Integer::sum);
    }

    boolean trusts(AwaitedKind kind) {
        return failures.getOrDefault(kind, 0) < PATIENCE;
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
            warm.give(bytes(present.birth()));
        }
    }
}
