package io.sandrun.broker;

import io.sandrun.protocol.ErrorBody;
import io.sandrun.protocol.ErrorCode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asked for cannot be had; carries the answer that tells why. Has no stack trace: it is not our fault.
 */
public final class Refusal extends RuntimeException {
    private final ErrorCode code;
    private final transient Map<String, Object> details;
    private final @Nullable String reason;
    private final @Nullable Integer retryAfterSeconds;

    public Refusal(ErrorCode code, String sentence) {
        this(code, sentence, Map.of());
    }

    public Refusal(ErrorCode code, String sentence, Map<String, Object> details) {
        this(code, sentence, details, null, null);
    }

    private Refusal(
            ErrorCode code,
            String sentence,
            Map<String, Object> details,
            @Nullable String reason,
            @Nullable Integer retryAfterSeconds) {
        super(sentence, null, false, false);
        this.code = code;
        this.details = Map.copyOf(details);
        this.reason = reason;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /** More than a client may have; the words and the two fields are those of the older documents. */
    public static Refusal overQuota(String reason, double retryAfterSeconds, Map<String, Object> details) {
        int wait = (int) Math.max(1, Math.ceil(retryAfterSeconds));
        return new Refusal(ErrorCode.QUOTA_EXCEEDED, "Rate limit exceeded", details, reason, wait);
    }

    /** A field is there and cannot be taken. */
    public static Refusal invalidField(String field, String expected) {
        return new Refusal(
                ErrorCode.INVALID_FIELD,
                "The field \"" + field + "\" must be " + expected + ".",
                Map.of("field", field, "expected", expected));
    }

    /** A field without which the request means nothing. */
    public static Refusal missingField(String field, String expected) {
        return new Refusal(
                ErrorCode.MISSING_FIELD,
                "The field \"" + field + "\" is missing: it must be " + expected + ".",
                Map.of("field", field, "expected", expected));
    }

    public static Refusal unknownJob(String id) {
        return new Refusal(
                ErrorCode.UNKNOWN_JOB,
                "There is no job with this id; results are forgotten some time after their job ended.",
                Map.of("job_id", id));
    }

    public static Refusal unknownNode(String id) {
        return new Refusal(
                ErrorCode.UNKNOWN_NODE, "There is no node with this id: register again.", Map.of("node_id", id));
    }

    public static Refusal stopping() {
        return new Refusal(ErrorCode.UNAVAILABLE, "The broker is stopping; try again when it is back.");
    }

    public ErrorCode code() {
        return code;
    }

    public ErrorBody body() {
        String sentence = getMessage();
        return new ErrorBody(
                sentence == null ? code.wire() : sentence, code.wire(), details, reason, retryAfterSeconds);
    }
}
