package io.sandrun.broker.store;

import io.sandrun.protocol.Role;
import org.jspecify.annotations.Nullable;

/**
 * An API key as the database has it, which does not know the key.
 *
 * @param id {@code key-} and 12 digits
 * @param secretSha256 of the key's text, hexadecimal
 * @param reads the key whose jobs one that only looks sees; null for all
 * @param expiresAtMs from then on it opens nothing; null for never
 */
public record KeyRow(
        String id,
        String name,
        Role role,
        String secretSha256,
        @Nullable String reads,
        long createdAtMs,
        @Nullable Long expiresAtMs,
        @Nullable Long revokedAtMs,
        OwnQuota quota) {
    /** Limits of this key that differ from the usual ones; null where they do not, 0 for none. */
    public record OwnQuota(
            @Nullable Integer concurrentJobs,
            @Nullable Integer jobsPerHour,
            @Nullable Double cpuSecondsPerMinute,
            @Nullable Long storedBytes) {}

    /** Whether it opens nothing because its time is over. */
    public boolean hasExpired(long nowMs) {
        return expiresAtMs != null && expiresAtMs <= nowMs;
    }

    public KeyRow withQuota(OwnQuota other) {
        return new KeyRow(id, name, role, secretSha256, reads, createdAtMs, expiresAtMs, revokedAtMs, other);
    }

    public KeyRow revoked(long nowMs) {
        return new KeyRow(id, name, role, secretSha256, reads, createdAtMs, expiresAtMs, nowMs, quota);
    }
}
