package io.sandrun.broker;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * The time of day, without its jumps: for a program that both shows times and measures with them.
 *
 * <p>Theory of operation: it begins with the wall clock and advances with the monotonic one. Where the two part,
 * because someone set the wall clock or a virtual machine was moved, it follows the wall clock by running up to a
 * tenth faster or slower, never by a jump and never backwards. So a timeout measured with it is at most a tenth off
 * whatever happens to the wall clock, and its times of day become right again by themselves. Thread-safe.
 */
public final class SteadyClock extends Clock {
    private static final long NANOS_PER_MS = 1_000_000;

    /** How much of the time that passes may be used to follow the wall clock: one part in this many. */
    private static final long SLEW_PARTS = 10;

    private final Clock wall;
    private final LongSupplier monotonicNanos;
    private long passedAtNanos;
    private long nowNanos;

    /** @param monotonicNanos never goes back and has no meaning but its differences, like {@link System#nanoTime()} */
    public SteadyClock(Clock wall, LongSupplier monotonicNanos) {
        this.wall = wall;
        this.monotonicNanos = monotonicNanos;
        this.passedAtNanos = monotonicNanos.getAsLong();
        this.nowNanos = wall.millis() * NANOS_PER_MS;
    }

    /** The clock of this machine. */
    public static SteadyClock system() {
        return new SteadyClock(Clock.systemUTC(), System::nanoTime);
    }

    @Override
    public synchronized long millis() {
        long monotonic = monotonicNanos.getAsLong();
        long passed = Math.max(0, monotonic - passedAtNanos);
        passedAtNanos = monotonic;
        long behind = wall.millis() * NANOS_PER_MS - (nowNanos + passed);
        long slew = passed / SLEW_PARTS;
        nowNanos += passed + Math.max(-slew, Math.min(slew, behind));
        return nowNanos / NANOS_PER_MS;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("times here are in UTC");
    }
}
