package io.sandrun.broker.store;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** Verbs on nodes. */
public final class NodeTable {
    private final Handle handle;

    NodeTable(Handle handle) {
        this.handle = handle;
    }

    /** A registration, the first or a later one. */
    public void save(NodeRow node, long nowMs) {
        handle.createUpdate(Statements.named("node.save"))
                .bind("id", node.id())
                .bind("workerId", node.workerId())
                .bind("name", node.name())
                .bind("endpoint", node.endpoint())
                .bind("capabilities", node.capabilities())
                .bind("nowMs", nowMs)
                .execute();
    }

    /** What changes without a registration. */
    public void flush(NodeRow node) {
        handle.createUpdate(Statements.named("node.flush"))
                .bind("id", node.id())
                .bind("lastSeenMs", node.lastSeenMs())
                .bind("jobsCompleted", node.jobsCompleted())
                .bind("jobsFailed", node.jobsFailed())
                .bind("hasLeft", node.hasLeft() ? 1 : 0)
                .execute();
    }

    /** Whether a node may get work. */
    public void setDrained(String id, boolean isDrained) {
        handle.createUpdate(Statements.named("node.set_drained"))
                .bind("id", id)
                .bind("isDrained", isDrained ? 1 : 0)
                .execute();
    }

    public List<NodeRow> all() {
        return handle.createQuery(Statements.named("node.all"))
                .map((row, context) -> new NodeRow(
                        row.getString("id"),
                        row.getString("worker_id"),
                        row.getString("name"),
                        row.getString("endpoint"),
                        row.getString("capabilities"),
                        row.getLong("last_seen_ms"),
                        row.getLong("jobs_completed"),
                        row.getLong("jobs_failed"),
                        row.getBoolean("has_left"),
                        row.getBoolean("is_drained")))
                .list();
    }

    /** Forgets a node, unless it holds a lease. */
    public boolean delete(String id) {
        return handle.createUpdate(Statements.named("node.delete"))
                        .bind("id", id)
                        .execute()
                == 1;
    }
}
