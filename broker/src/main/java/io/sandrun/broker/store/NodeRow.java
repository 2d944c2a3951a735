package io.sandrun.broker.store;

import org.jspecify.annotations.Nullable;

/**
 * A node as the database has it.
 *
 * @param workerId its public key, or null for an older node
 * @param owner who answers for it, or null for nobody but itself
 * @param address that it registered from; empty if that was not kept
 * @param capabilities JSON of {@link io.sandrun.protocol.Capabilities}
 * @param hasLeft whether it said that it stops
 * @param isDrained whether someone wants it to get no more work
 */
public record NodeRow(
        String id,
        @Nullable String workerId,
        @Nullable String owner,
        String address,
        String name,
        String endpoint,
        String capabilities,
        long lastSeenMs,
        long jobsCompleted,
        long jobsFailed,
        boolean hasLeft,
        boolean isDrained) {}
