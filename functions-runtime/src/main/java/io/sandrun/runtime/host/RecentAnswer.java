package io.sandrun.runtime.host;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Gives the same answer for a while before it asks again: for what is dear to ask and slow to change. Thread-safe. */
public final class RecentAnswer implements BooleanSupplier {
    private final BooleanSupplier asked;
    private final long keptNanos;
    private final LongSupplier nanoClock;
    private boolean answer;
    private long askedNanos;
    private boolean wasAsked;

    /** @param kept how old an answer may be */
    public RecentAnswer(BooleanSupplier asked, Duration kept) {
        this(asked, kept, System::nanoTime);
    }

    RecentAnswer(BooleanSupplier asked, Duration kept, LongSupplier nanoClock) {
        this.asked = asked;
        this.keptNanos = kept.toNanos();
        this.nanoClock = nanoClock;
    }

    @Override
    public synchronized boolean getAsBoolean() {
        long now = nanoClock.getAsLong();
        if (!wasAsked || now - askedNanos >= keptNanos) {
            answer = asked.getAsBoolean();
            askedNanos = now;
            wasAsked = true;
        }
        return answer;
    }
}
