package io.sandrun.broker.node;

import io.sandrun.broker.pool.Pool;
import io.sandrun.broker.pool.PoolWorker;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log when a worker of a trusted pool comes and when it is not heard of any more. One pass of housekeeping,
 * for one thread; whether a worker gets work is decided when there is work, and not here.
 */
public final class PoolHealth implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(PoolHealth.class);

    private final Pool pool;
    private final NodeRegistry registry;
    private final Set<String> healthy = new HashSet<>();

    public PoolHealth(Pool pool, NodeRegistry registry) {
        this.pool = pool;
        this.registry = registry;
    }

    @Override
    public void run() {
        // A key that is off the list is told of by the list.
        healthy.removeIf(workerId -> !pool.admits(workerId));
        for (PoolWorker worker : pool.workers()) {
            Node node = registry.findByWorkerId(worker.workerId());
            boolean isLive = node != null && registry.isLive(node);
            if (isLive && healthy.add(worker.workerId())) {
                LOG.info("Worker {} is healthy", worker.shortId());
            } else if (!isLive && healthy.remove(worker.workerId())) {
                String why = node != null && node.hasLeft() ? "it said farewell" : "it is not heard of any more";
                LOG.warn("Worker {} is not healthy: {}", worker.shortId(), why);
            }
        }
    }
}
