package io.sandrun.broker.claim;

import io.sandrun.broker.store.LeaseRow;
import io.sandrun.broker.store.Store;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many jobs each node has, those included that it is being offered: kept along with what is heard of commits, so
 * that no look at the book is needed to compare nodes. Not thread-safe: the desk guards it.
 */
final class NodeLoads {
    private final Map<String, String> holders = new HashMap<>();
    private final Map<String, Integer> byNode = new HashMap<>();

    /** Begins with the leases that there are. */
    static NodeLoads of(Store store) {
        NodeLoads loads = new NodeLoads();
        for (String nodeId : store.read(tables -> tables.jobs().holders())) {
            for (LeaseRow lease : store.read(tables -> tables.jobs().leasesOfNode(nodeId))) {
                loads.took(lease.jobId(), nodeId);
            }
        }
        return loads;
    }

    void took(String jobId, String nodeId) {
        holders.put(jobId, nodeId);
        offered(nodeId, 1);
    }

    /** Answers which node had the job. */
    @Nullable
    String ended(String jobId) {
        String nodeId = holders.remove(jobId);
        if (nodeId != null) {
            offered(nodeId, -1);
        }
        return nodeId;
    }

    /** @param jobs negative for offers that are settled */
    void offered(String nodeId, int jobs) {
        byNode.merge(nodeId, jobs, (now, more) -> now + more == 0 ? null : now + more);
    }

    Map<String, Integer> all() {
        return Map.copyOf(byNode);
    }

    int of(String nodeId) {
        return byNode.getOrDefault(nodeId, 0);
    }
}
