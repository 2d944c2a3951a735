package io.sandrun.broker.http;

import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorBody;
import io.sandrun.protocol.Json;
import java.util.function.Supplier;

/**
 * A status and what becomes the JSON body.
 *
 * @param body a value, or a {@link Supplier} of one where making it takes time: it is asked when the answer is written
 */
record Answer(int status, Object body) {
    static Answer later(Supplier<Object> body) {
        return new Answer(200, body);
    }

    static Answer ok(Object body) {
        return new Answer(200, body);
    }

    static Answer of(Refusal refusal) {
        ErrorBody body = refusal.body();
        return new Answer(refusal.code().httpStatus(), body);
    }

    byte[] json() {
        return Json.bytes(body instanceof Supplier<?> made ? made.get() : body);
    }
}
