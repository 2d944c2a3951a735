package io.sandrun.benchmarks.faults;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that is moved by hand: one that stands, or one that goes with the machine's and jumps. Thread-safe. */
final class HandClock extends Clock {
    private final Clock base;
    private final AtomicLong offsetMs = new AtomicLong();

    private HandClock(Clock base) {
        this.base = base;
    }

    static HandClock standing() {
        return new HandClock(Clock.fixed(Instant.ofEpochMilli(1_800_000_000_000L), ZoneOffset.UTC));
    }

    static HandClock going() {
        return new HandClock(Clock.systemUTC());
    }

    /** @param step may be negative */
    void jump(Duration step) {
        offsetMs.addAndGet(step.toMillis());
    }

    @Override
    public Instant instant() {
        return base.instant().plusMillis(offsetMs.get());
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
