package io.sandrun.broker.mcp;

import io.sandrun.protocol.BrokerException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Why a tool did not do what was asked, in a stable code and a sentence, and what to do next. Has no stack trace. */
final class ToolFailure extends RuntimeException {
    private static final Logger LOG = LoggerFactory.getLogger(ToolFailure.class);
    private static final long serialVersionUID = 1;

    private final String code;
    private final String next;
    private final transient Map<String, Object> details;

    ToolFailure(String code, String sentence, String next) {
        this(code, sentence, next, Map.of());
    }

    private ToolFailure(String code, String sentence, String next, Map<String, Object> details) {
        super(sentence, null, false, false);
        this.code = code;
        this.next = next;
        this.details = details;
    }

    /** An argument that cannot be taken. */
    static ToolFailure argument(String sentence) {
        return new ToolFailure("invalid_argument", sentence, Advice.CORRECT);
    }

    /** Whatever went wrong, as the caller is told of it. */
    static ToolFailure of(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof ToolFailure told) {
            return told;
        }
        if (cause instanceof BrokerException refused) {
            return refused(refused);
        }
        if (cause instanceof IOException unreached) {
            return new ToolFailure("unreachable", String.valueOf(unreached.getMessage()), Advice.LATER);
        }
        LOG.error("A tool failed: {}", cause.toString());
        return new ToolFailure("internal", "This tool failed, which is no fault of the call.", Advice.LATER);
    }

    private static ToolFailure refused(BrokerException refused) {
        Map<String, Object> details = new LinkedHashMap<>(refused.body().details());
        @Nullable String reason = refused.body().reason();
        @Nullable Integer seconds = refused.body().retryAfter();
        if (seconds != null) {
            details.put("retry_after", seconds);
        }
        String sentence =
                reason == null ? refused.body().error() : refused.body().error() + ": " + reason;
        return new ToolFailure(refused.body().code(), sentence, Advice.about(refused), details);
    }

    String code() {
        return code;
    }

    String next() {
        return next;
    }

    Map<String, Object> details() {
        return details;
    }
}
