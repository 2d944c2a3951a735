package io.sandrun.broker.http;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.store.StoreUnavailableException;
import io.sandrun.protocol.ErrorBody;
import io.sandrun.protocol.ErrorCode;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.io.EofException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns whatever went wrong into the one shape of errors. What the caller did wrong and what we did is one line of
 * the log each, and never a stack trace to the caller.
 */
final class Errors {
    private static final Logger LOG = LoggerFactory.getLogger(Errors.class);

    /** What a verb that a path does not know is told. */
    static final String NOT_THIS_VERB = "This path exists, but not with this verb.";

    /** More than wrap one another, and a bound for causes that go in a circle. */
    private static final int CAUSES_MAX = 8;

    private Errors() {}

    static Answer answer(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof Refusal refusal) {
            LOG.info("Refused with {}: {}", refusal.code().wire(), refusal.getMessage());
            return Answer.of(refusal);
        }
        if (cause instanceof StoreUnavailableException unavailable) {
            return error(ErrorCode.UNAVAILABLE, String.valueOf(unavailable.getMessage()));
        }
        if (isOfCallerGone(cause)) {
            LOG.debug("Whoever asked has gone before the answer: {}", cause.toString());
            return error(ErrorCode.UNAVAILABLE, "The connection broke.");
        }
        StackTraceElement[] trace = cause.getStackTrace();
        LOG.error("A request failed: {} at {}", cause, trace.length == 0 ? "?" : trace[0]);
        LOG.debug("The whole of it", cause);
        return error(ErrorCode.INTERNAL, "The broker failed to do this; its log has the reason.");
    }

    /** Whether the connection of whoever asked broke, which is nobody's fault and reaches nobody. */
    private static boolean isOfCallerGone(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
            if (cause instanceof EofException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** The same, where it is one of several answers. */
    static ErrorBody body(Throwable failure) {
        return (ErrorBody) answer(failure).body();
    }

    static Answer error(ErrorCode code, String sentence) {
        return new Answer(code.httpStatus(), new ErrorBody(sentence, code.wire(), Map.of()));
    }
}
