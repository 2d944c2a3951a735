package io.sandrun.broker.store;

import io.sandrun.broker.store.JobTable.Waiting;
import io.sandrun.protocol.Json;
import java.util.List;
import java.util.OptionalLong;

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

    /** Lets the jobs of all of these go to their node again; answers which they are. */
    public List<Waiting> end(List<Avoidance> avoidances) {
        List<List<Object>> all = avoidances.stream()
                .map(one -> List.<Object>of(one.nodeId, one.classId, one.client))
                .toList();
        return connection
                .statement("avoidance.end")
                .bind("avoidances", Json.write(all))
                .list(JobTable::waiting);
    }

    /** Likewise those whose time is up. */
    public List<Waiting> endOverdue(long nowMs) {
        return connection
                .statement("avoidance.end_overdue")
                .bind("nowMs", nowMs)
                .list(JobTable::waiting);
    }

    /** When the next time is up; empty when no pending job avoids a node. */
    public OptionalLong nextUntilMs() {
        return connection.statement("avoidance.next_until").first(row -> row.whole("avoid_until_ms")).stream()
                .mapToLong(Long::longValue)
                .findFirst();
    }
}
