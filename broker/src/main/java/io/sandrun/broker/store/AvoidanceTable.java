package io.sandrun.broker.store;

import io.sandrun.broker.store.JobTable.Waiting;
import java.util.List;

/** Verbs on pending jobs that keep away from the node that could not run them. */
public final class AvoidanceTable {
    private final StoreConnection connection;

    AvoidanceTable(StoreConnection connection) {
        this.connection = connection;
    }

    /** A client's jobs of a class avoid a node: for all of them the same others are there, or none. */
    public record Avoidance(String nodeId, long classId, String client) {}

    /** Those of pending jobs, each once. */
    public List<Avoidance> list() {
        return connection
                .statement("avoidance.list")
                .list(row -> new Avoidance(row.text("avoid_node_id"), row.whole("class_id"), row.text("client")));
    }

    /** Lets the jobs go to that node again; answers which they are. */
    public List<Waiting> end(Avoidance avoidance) {
        return connection
                .statement("avoidance.end")
                .bind("nodeId", avoidance.nodeId)
                .bind("classId", avoidance.classId)
                .bind("client", avoidance.client)
                .list(JobTable::waiting);
    }
}
