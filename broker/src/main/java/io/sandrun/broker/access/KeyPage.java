package io.sandrun.broker.access;

import io.sandrun.broker.store.KeyRow;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** API keys as they are shown. */
public final class KeyPage {
    private final Keys keys;

    public KeyPage(Keys keys) {
        this.keys = keys;
    }

    /** One that was just made, with its text. */
    public Map<String, Object> made(Keys.Made made) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("key", made.key().text());
        body.putAll(one(made.row()));
        return body;
    }

    public Map<String, Object> all() {
        return Map.of("keys", keys.list().stream().map(this::one).toList());
    }

    public Map<String, Object> one(KeyRow key) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", key.id());
        body.put("name", key.name());
        body.put("role", key.role());
        body.put("for", key.reads());
        body.put("state", keys.state(key));
        body.put("created_at", seconds(key.createdAtMs()));
        body.put("expires_at", seconds(key.expiresAtMs()));
        body.put("revoked_at", seconds(key.revokedAtMs()));
        body.put("concurrent_jobs", key.quota().concurrentJobs());
        body.put("jobs_per_hour", key.quota().jobsPerHour());
        body.put("cpu_seconds_per_minute", key.quota().cpuSecondsPerMinute());
        body.put("stored_bytes", key.quota().storedBytes());
        return body;
    }

    private static @Nullable Double seconds(@Nullable Long timeMs) {
        return timeMs == null ? null : timeMs / 1000.0;
    }
}
