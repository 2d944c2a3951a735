package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.access.Principal;
import io.sandrun.broker.job.JobIntake.Submitter;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a client calls a submit of its own: so that it may send it again, and find its jobs later. */
final class IdempotencyKey {
    /** The query parameter of lists. */
    static final String PARAMETER = "key";

    private static final String HEADER = "Idempotency-Key";
    private static final Pattern FORM = Pattern.compile("[ -~]{1," + Limits.IDEMPOTENCY_KEY_CHARACTERS + "}");

    private IdempotencyKey() {}

    /** @throws Refusal if it has a key that is none */
    static @Nullable String given(Context request) {
        return checked("header", HEADER, request.header(HEADER));
    }

    /**
     * Whoever submitted the jobs that the request asks for: nobody but the one who asks.
     *
     * @return null if it asks for no key
     * @throws Refusal if no submit can have had this key
     */
    static @Nullable Submitter asked(Context request) {
        String key = checked("parameter", PARAMETER, request.queryParam(PARAMETER));
        if (key == null) {
            return null;
        }
        Principal caller = AccessCheck.principal(request);
        String sees = caller.sees();
        return new Submitter(sees == null ? caller.client() : sees, key);
    }

    private static @Nullable String checked(String kind, String name, @Nullable String key) {
        if (key != null && !FORM.matcher(key).matches()) {
            throw new Refusal(
                    ErrorCode.INVALID_FIELD,
                    "The " + kind + " " + name + " must be 1 to " + Limits.IDEMPOTENCY_KEY_CHARACTERS
                            + " printable ASCII characters.",
                    Map.of("field", name));
        }
        return key;
    }
}
