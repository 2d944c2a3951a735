package io.sandrun.benchmarks.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One request of a submitter, which it sends until it is answered. However often that is, it must make one job.
 *
 * @param key the client's name for it; the program is given it too, so that a second job shows where it is handed out
 */
record Order(String key, JsonNode body) {
    private static final double RETRIED_SHARE = 0.3;
    private static final double CACHED_SHARE = 0.15;
    private static final int RETRIES_MAX = 3;
    private static final double BACKOFF_SECONDS = 0.05;
    private static final int CACHED_PROGRAMS = 10;

    /** @param code the program; scripted nodes never look at it */
    static Order random(Random random, String code) {
        String key = "%016x%016x".formatted(random.nextLong(), random.nextLong());
        Map<String, Object> body = new HashMap<>(Map.of("code", code, "interpreter", "bash"));
        body.put("priority", random.nextInt(3) - 1);
        if (random.nextDouble() < RETRIED_SHARE) {
            body.put("retries", 1 + random.nextInt(RETRIES_MAX));
            body.put("retry_backoff_seconds", random.nextBoolean() ? BACKOFF_SECONDS : 0);
        }
        if (random.nextDouble() < CACHED_SHARE) {
            // Programs that differ in nothing are of several orders, so they cannot be given a key.
            body.put("cache", true);
            body.put("env", Map.of("PROGRAM", Integer.toString(random.nextInt(CACHED_PROGRAMS))));
        } else {
            body.put("args", List.of(key));
        }
        return new Order(key, Json.MAPPER.valueToTree(body));
    }

    /** Answers the job's id. */
    String submit(BrokerClient client) throws IOException {
        return client.submit(body, key).path("job_id").asText();
    }
}
