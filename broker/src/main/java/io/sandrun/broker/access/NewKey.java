package io.sandrun.broker.access;

import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.store.KeyRow.OwnQuota;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.Role;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An API key that somebody wants.
 *
 * @param name for people; may be empty
 * @param days after which it opens nothing any more; null for never
 * @param reads the key whose jobs it shall see, for one that only looks; null for all jobs
 * @param quota limits that differ from the usual ones
 */
public record NewKey(
        Role role,
        String name,
        @Nullable Double days,
        @Nullable String reads,
        OwnQuota quota) {
    /** A part of a second would have no use, and rounds to none. */
    private static final double DAYS_MIN = 1.0 / 86_400;

    /** @throws Refusal for what cannot be had */
    public static NewKey read(JsonFields fields) {
        Role role = Role.named(fields.requiredText("role", 16))
                .orElseThrow(() -> Refusal.invalidField(
                        "role",
                        "one of " + Arrays.stream(Role.values()).map(Role::wire).toList()));
        Optional<String> reads = fields.text("for", 64);
        NewKey key = new NewKey(
                role,
                fields.text("name", Limits.API_KEY_NAME_BYTES).orElse(""),
                fields.number("expires_days", DAYS_MIN, Limits.API_KEY_DAYS).orElse(null),
                reads.orElse(null),
                readQuota(fields));
        fields.refuseUnknown();
        if (reads.isPresent() && role != Role.READ) {
            throw Refusal.invalidField("for", "left out: only a key of role read reads another key's jobs");
        }
        return key;
    }

    /** Limits of a key; those that are absent are the usual ones, 0 is none. */
    public static OwnQuota readQuota(JsonFields fields) {
        return new OwnQuota(
                fields.wholeNumber("concurrent_jobs", 0, Integer.MAX_VALUE)
                        .map(Long::intValue)
                        .orElse(null),
                fields.wholeNumber("jobs_per_hour", 0, Integer.MAX_VALUE)
                        .map(Long::intValue)
                        .orElse(null),
                fields.number("cpu_seconds_per_minute", 0, Integer.MAX_VALUE).orElse(null),
                fields.wholeNumber("stored_bytes", 0, 1L << 50).orElse(null));
    }
}
