package io.sandrun.broker.store;

import java.util.List;

/** Verbs on nodes. */
public final class NodeTable {
    private final StoreConnection connection;

    NodeTable(StoreConnection connection) {
        this.connection = connection;
    }

    /** A registration, the first or a later one. */
    public void save(NodeRow node, long nowMs) {
        connection
                .statement("node.save")
                .bind("id", node.id())
                .bind("workerId", node.workerId())
                .bind("owner", node.owner())
                .bind("address", node.address())
                .bind("name", node.name())
                .bind("endpoint", node.endpoint())
                .bind("capabilities", node.capabilities())
                .bind("nowMs", nowMs)
                .run();
    }

    /** What changes without a registration. */
    public void flush(NodeRow node) {
        connection
                .statement("node.flush")
                .bind("id", node.id())
                .bind("lastSeenMs", node.lastSeenMs())
                .bind("jobsCompleted", node.jobsCompleted())
                .bind("jobsFailed", node.jobsFailed())
                .bind("hasLeft", node.hasLeft() ? 1 : 0)
                .run();
    }

    /** Whether a node may get work. */
    public void setDrained(String id, boolean isDrained) {
        connection
                .statement("node.set_drained")
                .bind("id", id)
                .bind("isDrained", isDrained ? 1 : 0)
                .run();
    }

    public List<NodeRow> all() {
        return connection
                .statement("node.all")
                .list(row -> new NodeRow(
                        row.text("id"),
                        row.textOrNull("worker_id"),
                        row.textOrNull("owner"),
                        row.text("address"),
                        row.text("name"),
                        row.text("endpoint"),
                        row.text("capabilities"),
                        row.whole("last_seen_ms"),
                        row.whole("jobs_completed"),
                        row.whole("jobs_failed"),
                        row.flag("has_left"),
                        row.flag("is_drained")));
    }

    /** Forgets a node, unless it holds a lease. */
    public boolean delete(String id) {
        return connection.statement("node.delete").bind("id", id).run() == 1;
    }
}
