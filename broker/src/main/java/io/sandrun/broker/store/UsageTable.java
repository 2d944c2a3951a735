package io.sandrun.broker.store;

import java.util.List;

/** What clients have, as far as jobs and their files tell. */
public final class UsageTable {
    private final StoreConnection connection;

    UsageTable(StoreConnection connection) {
        this.connection = connection;
    }

    /** @param bytes of its inputs and outputs */
    public record OfJob(String jobId, String client, long createdAtMs, boolean hasEnded, long bytes) {}

    public List<OfJob> all() {
        return connection
                .statement("usage.all")
                .list(row -> new OfJob(
                        row.text("id"),
                        row.text("client"),
                        row.whole("created_at_ms"),
                        row.wholeOrNull("ended_at_ms") != null,
                        row.whole("bytes")));
    }
}
