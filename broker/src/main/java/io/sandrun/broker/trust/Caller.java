package io.sandrun.broker.trust;

import org.jspecify.annotations.Nullable;

/**
 * Who sent a request, as far as the request proves it.
 *
 * @param workerId the key that signed it, or null
 * @param nodeId the node whose session it is in, or null
 * @param answerSeal of that session, for the answer to this request; null where it has no secret
 */
public record Caller(
        @Nullable String workerId,
        @Nullable String nodeId,
        @Nullable AnswerSeal answerSeal) {
    /** Whoever it is, the request does not say. */
    public static final Caller UNKNOWN = new Caller(null, null, null);

    boolean isUnknown() {
        return workerId == null && nodeId == null;
    }
}
