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

    /** CPU time of jobs that ended within one second, which began at {@code atMs}. */
    public record CpuTime(String client, long atMs, double cpuSeconds) {}

    /** The jobs that are remembered, in the order in which they were submitted. */
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

    /** What ended since then, in the order of time. */
    public List<CpuTime> cpuSince(long sinceMs) {
        return connection
                .statement("usage.cpu_since")
                .bind("sinceMs", sinceMs)
                .list(row -> new CpuTime(row.text("client"), row.whole("at_ms"), row.real("cpu_seconds")));
    }

    /** The bytes of the files that a job left. */
    public long outputBytes(long jobSeq) {
        return connection.statement("usage.output_bytes").bind("seq", jobSeq).one(Row::firstWhole);
    }
}
