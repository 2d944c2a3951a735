package io.sandrun.broker.http;

import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorBody;

/** A status and what becomes the JSON body. */
record Answer(int status, Object body) {
    static Answer ok(Object body) {
        return new Answer(200, body);
    }

    static Answer of(Refusal refusal) {
        ErrorBody body = refusal.body();
        return new Answer(refusal.code().httpStatus(), body);
    }
}
