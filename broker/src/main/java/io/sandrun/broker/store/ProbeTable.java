package io.sandrun.broker.store;

/** A row that is written to see whether writes reach the disk. */
final class ProbeTable {
    private final StoreConnection connection;

    ProbeTable(StoreConnection connection) {
        this.connection = connection;
    }

    /** Answers how many rows changed. */
    int write(long nowMs) {
        return connection.statement("probe.write").bind("nowMs", nowMs).run();
    }
}
