package io.sandrun.runtime.sandbox;

import java.util.function.BooleanSupplier;

/**
 * The machine's memory that all which waits for runs may have, over all slots together. Thread-safe. What waits is no
 * use to anybody yet: so it has a bound of its own, and goes first when the machine runs short.
 */
public final class WarmMemory {
    private final long mostBytes;
    private final BooleanSupplier isScarce;
    private long usedBytes;

    /** @param isScarce whether the machine is short of memory now */
    public WarmMemory(long mostBytes, BooleanSupplier isScarce) {
        this.mostBytes = mostBytes;
        this.isScarce = isScarce;
    }

    /** Whether nothing at all should wait now. */
    boolean isScarce() {
        return isScarce.getAsBoolean();
    }

    /** Whether nothing is left. */
    synchronized boolean isFull() {
        return usedBytes >= mostBytes;
    }

    /** Counts so much as used, if that is left: then it must be given back. */
    synchronized boolean take(long bytes) {
        if (bytes > mostBytes - usedBytes) {
            return false;
        }
        usedBytes += bytes;
        return true;
    }

    synchronized void give(long bytes) {
        usedBytes -= bytes;
    }

    synchronized long usedBytes() {
        return usedBytes;
    }
}
