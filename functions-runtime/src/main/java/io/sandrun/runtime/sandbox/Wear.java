package io.sandrun.runtime.sandbox;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much a zygote was used. The children of one share the seed of its hashes, which a process draws once. So none has
 * many, and none is used for long. Thread-safe.
 */
final class Wear {
    private static final int MOST_JOBS = 500;

    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(15);

    /** Copies that did not do what they should, before it is taken to be the cause. */
    private static final int MOST_FAILURES = 3;

    /** Its successor may not get ready at the first try: so many times as long it is used at most. */
    private static final int MOST_TIMES = 2;

    private final AtomicInteger jobs = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile long readyNanos = System.nanoTime();

    /** From now on it can be copied. */
    void begin() {
        readyNanos = System.nanoTime();
    }

    /** A job will be forked from a copy. */
    void countJob() {
        jobs.incrementAndGet();
    }

    /** A copy did not do what it should, for whatever reason. */
    void blame() {
        failures.incrementAndGet();
    }

    /** It hangs, or its copies do: the next would cost as much time as this one. */
    void condemn() {
        failures.addAndGet(MOST_TIMES * MOST_FAILURES);
    }

    /** Whether another should take its place. */
    boolean isWorn() {
        return hasHad(1);
    }

    /** Whether it must not be used any more, though there is none to take its place. */
    boolean isSpent() {
        return hasHad(MOST_TIMES);
    }

    private boolean hasHad(int times) {
        return jobs.get() >= times * MOST_JOBS
                || failures.get() >= times * MOST_FAILURES
                || System.nanoTime() - readyNanos > times * LONGEST_NANOS;
    }

    /** Whether it may be the reason that copies did not do what they should. */
    boolean isDoubtful() {
        return failures.get() >= MOST_FAILURES;
    }

    /** Whether jobs were forked, and it is not to blame for anything. */
    boolean hasServed() {
        return jobs.get() > failures.get() && !isDoubtful();
    }
}
