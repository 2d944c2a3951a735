package io.sandrun.protocol;

import java.io.IOException;
import java.util.Arrays;

/** The broker answered, and the answer is an error in the one shape. */
public final class BrokerException extends IOException {
    private static final long serialVersionUID = 1;

    private final int httpStatus;
    private final transient ErrorBody body;

    public BrokerException(int httpStatus, ErrorBody body) {
        super(body.error());
        this.httpStatus = httpStatus;
        this.body = body;
    }

    public int httpStatus() {
        return httpStatus;
    }

    public ErrorBody body() {
        return body;
    }

    /**
     * Whether the same request may succeed later without a change: also in another session, and where a proxy answered
     * for the broker.
     */
    public boolean isRetryable() {
        return is(ErrorCode.SESSION_EXPIRED)
                || Arrays.stream(ErrorCode.values())
                        .filter(this::is)
                        .findFirst()
                        .map(ErrorCode::isRetryable)
                        .orElse(httpStatus >= 500);
    }

    public boolean is(ErrorCode code) {
        return body.code().equals(code.wire());
    }
}
