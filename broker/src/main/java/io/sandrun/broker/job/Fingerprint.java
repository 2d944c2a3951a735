package io.sandrun.broker.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.identity.Digest;
import java.io.UncheckedIOException;

/** Names a value by its content: equal values have equal names, whatever the order of their maps. */
final class Fingerprint {
    private static final ObjectWriter CANONICAL =
            Json.MAPPER.writer().with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    private Fingerprint() {}

    /** Lower-case hex of the SHA-256 over the value's JSON. */
    static String of(Object value) {
        try {
            return Digest.ofText(CANONICAL.writeValueAsString(value));
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
