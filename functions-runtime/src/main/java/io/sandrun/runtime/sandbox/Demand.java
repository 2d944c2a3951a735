package io.sandrun.runtime.sandbox;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which kinds of runs are worth a zygote, and when one may be started. One thread at a time; now is always
 * {@link System#nanoTime}.
 *
 * <p>Why one did not get ready may have passed a moment later (a full disk, too little memory), or never pass (a module
 * that is not there). Nobody can tell, so all are tried again, soon at first and then ever more rarely.
 */
final class Demand {
    /** A kind that comes once is not worth an interpreter. */
    private static final int RUNS_BEFORE = 2;

    private static final int KINDS_REMEMBERED = 64;

    /** After the second failure in a row; it doubles with each further one. */
    private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** As long as a zygote is used: then imports are made again anyway. */
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(15);

    /** Failures in a row after which the pause is the longest: 1 s doubled so often is more. */
    private static final int MOST_COUNTED = 12;

    /**
     * For a node that starts, or whose jobs change: so many zygotes without a predecessor at once. Where there are more
     * kinds than may have one, they push each other out, and each would be imported again and again.
     */
    private static final int MOST_AT_ONCE = 16;

    private static final long EACH_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** What is known of one kind. */
    private static final class Known {
        private int runs;
        private int failures;
        private long notBeforeNanos;
    }

    private final Map<ZygoteKind, Known> records = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ZygoteKind, Known> eldest) {
            return size() > KINDS_REMEMBERED;
        }
    };

    /** So many nanoseconds after now all that were started are paid for, each with its {@link #EACH_NANOS}. */
    private long paidNanos;

    Demand(long nowNanos) {
        paidNanos = nowNanos;
    }

    /** A run of that kind has begun. */
    void note(ZygoteKind kind) {
        Known known = records.computeIfAbsent(kind, unknown -> new Known());
        known.runs = Math.min(RUNS_BEFORE, known.runs + 1);
    }

    /** Whether it is time for the first of that kind. */
    boolean isDue(ZygoteKind kind, long nowNanos) {
        Known known = records.get(kind);
        return known != null
                && known.runs >= RUNS_BEFORE
                && isOver(known, nowNanos)
                && paidNanos - nowNanos <= (MOST_AT_ONCE - 1) * EACH_NANOS;
    }

    /** Whether one that is worn may have a successor. */
    boolean mayFollow(ZygoteKind kind, long nowNanos) {
        return isOver(records.get(kind), nowNanos);
    }

    private static boolean isOver(@Nullable Known known, long nowNanos) {
        return known == null || known.failures < 2 || nowNanos - known.notBeforeNanos >= 0;
    }

    /** The first of some kind is started. Successors do not count: what went before has served its time. */
    void count(long nowNanos) {
        paidNanos = (paidNanos - nowNanos > 0 ? paidNanos : nowNanos) + EACH_NANOS;
    }

    /** Whether it is worth waiting for: none of that kind has failed, or one, for which there may be no reason. */
    boolean isPromising(ZygoteKind kind) {
        Known known = records.get(kind);
        return known == null || known.failures < 2;
    }

    /** One did not get ready, or did not do what it should. */
    void fail(ZygoteKind kind, long nowNanos) {
        Known known = records.computeIfAbsent(kind, unknown -> new Known());
        known.runs = 0;
        known.failures = Math.min(MOST_COUNTED, known.failures + 1);
        long pauseNanos = FIRST_PAUSE_NANOS << Math.max(0, known.failures - 2);
        known.notBeforeNanos = nowNanos + Math.min(LONGEST_PAUSE_NANOS, pauseNanos);
    }

    /** One has served. */
    void trust(ZygoteKind kind) {
        Known known = records.get(kind);
        if (known != null) {
            known.failures = 0;
        }
    }
}
