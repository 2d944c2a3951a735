package io.sandrun.broker.access;

import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Refusal;
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
 */
public record NewKey(
        Role role,
        String name,
        @Nullable Double days,
        @Nullable String reads) {
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
                reads.orElse(null));
        fields.refuseUnknown();
        if (reads.isPresent() && role != Role.READ) {
            throw Refusal.invalidField("for", "left out: only a key of role read reads another key's jobs");
        }
        return key;
    }
}
