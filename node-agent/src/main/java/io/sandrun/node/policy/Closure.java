package io.sandrun.node.policy;

import io.sandrun.protocol.ClosedCause;
import io.sandrun.protocol.OwnerTerms;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why a node takes no work now.
 *
 * @param words to follow "It is"
 * @param until when that ends; null where nobody knows
 * @param giveBackAfter how long running jobs may go on; null for to their end
 */
public record Closure(
        ClosedCause cause,
        String words,
        @Nullable Instant until,
        @Nullable Duration giveBackAfter) {
    /** Whether it is the same one, though a reading in its words may have changed. */
    boolean isStill(@Nullable Closure other) {
        return other != null
                && cause == other.cause
                && (until == null ? other.until == null : until.equals(other.until))
                && (giveBackAfter == null ? other.giveBackAfter == null : giveBackAfter.equals(other.giveBackAfter));
    }

    /** As a broker is told. */
    public OwnerTerms.Closed wire() {
        return new OwnerTerms.Closed(cause.wire(), words, until == null ? null : until.toEpochMilli() / 1e3);
    }
}
