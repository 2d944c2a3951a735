package io.sandrun.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks a broker that serves about its keys, for whoever shows one of role {@code admin}. Thread-safe. */
public final class KeyClient implements ApiKeys {
    private final Exchange exchange;

    /** @param client of the same broker, whose connections and key it uses */
    public KeyClient(BrokerClient client) {
        this.exchange = client.exchange();
    }

    /**
     * A key that is wanted.
     *
     * @param days after which it ends, or null for never
     * @param quota its own limits by their fields, where they are not the usual ones
     * @param reads the key whose jobs one that only looks sees, or null for all
     */
    public record Wish(
            Role role,
            String name,
            @Nullable Double days,
            @Nullable String reads,
            Map<String, Object> quota) {
        /** The body of {@code POST /keys}. */
        public Map<String, Object> body() {
            Map<String, Object> body = new LinkedHashMap<>(quota);
            body.put("role", role);
            body.put("name", name);
            if (days != null) {
                body.put("expires_days", days);
            }
            if (reads != null) {
                body.put("for", reads);
            }
            return body;
        }
    }

    @Override
    public JsonNode create(Wish wish) throws IOException {
        return exchange.tree(exchange.post(Paths.KEYS, wish.body(), Exchange.ANSWER_SECONDS));
    }

    /** Gives a key the limits that the fields name, and the usual ones otherwise. */
    public JsonNode setQuota(String id, Map<String, Object> fields) throws IOException {
        String path = Paths.KEYS + "/" + Exchange.segment(id) + Paths.QUOTA;
        return exchange.tree(exchange.post(path, fields, Exchange.ANSWER_SECONDS));
    }

    @Override
    public JsonNode list() throws IOException {
        return exchange.tree(exchange.get(Paths.KEYS, Exchange.ANSWER_SECONDS));
    }

    @Override
    public JsonNode revoke(String id) throws IOException {
        return exchange.tree(exchange.request(Paths.KEYS + "/" + Exchange.segment(id), Exchange.ANSWER_SECONDS)
                .DELETE()
                .build());
    }
}
