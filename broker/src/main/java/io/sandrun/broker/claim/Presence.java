package io.sandrun.broker.claim;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.protocol.ErrorCode;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Which nodes have a connection open that says nothing but that they are there, and what follows from its end.
 *
 * <p>Theory of operation: the kernel of a node that is killed closes its connections, so an end without a farewell is a
 * hint that the node is gone, long before its silence proves it. A hint only: connections flap. So a node is given up
 * if, after its last connection ended so, there is neither a new one nor any sign of life for {@link #PATIENCE_MS}; an
 * agent that lives sends a heartbeat at once when its connection ends. Thread-safe.
 */
public final class Presence implements AutoCloseable {
    /** How long a node may take to be heard of after its connection ended, milliseconds. */
    static final long PATIENCE_MS = 2_000;

    /** Connections at once: as many as there may be claims; each costs a few KiB of memory and a descriptor. */
    private static final int CONNECTIONS_MAX = 10_000;

    /** Of one node: the present one and some that have not noticed their end. */
    private static final int CONNECTIONS_PER_NODE_MAX = 4;

    private final NodeRegistry registry;
    private final LivenessSweep liveness;
    private final ClaimDesk desk;
    private final ScheduledExecutorService timer;
    private final Executor blocking;
    private final Map<String, Integer> open = new HashMap<>();
    private int count;
    private boolean closed;

    /** @param blocking runs what reads the store, which the timer's thread must not do */
    public Presence(
            NodeRegistry registry,
            LivenessSweep liveness,
            ClaimDesk desk,
            ScheduledExecutorService timer,
            Executor blocking) {
        this.registry = registry;
        this.liveness = liveness;
        this.desk = desk;
        this.timer = timer;
        this.blocking = blocking;
    }

    /**
     * Whether a connection may be opened.
     *
     * @throws Refusal if there is no such node, there are too many connections, or the broker is stopping
     */
    public synchronized void check(String nodeId) {
        registry.require(nodeId);
        if (closed) {
            throw Refusal.stopping();
        }
        if (isFull(nodeId)) {
            throw new Refusal(ErrorCode.RATE_LIMITED, "Too many presence connections are open already.");
        }
    }

    /** Notes a connection; false if it is one too many, and then its end must not be told. */
    public synchronized boolean opened(String nodeId) {
        if (closed || isFull(nodeId)) {
            return false;
        }
        open.merge(nodeId, 1, Integer::sum);
        count++;
        return true;
    }

    /** Whether the node has a connection open. */
    public synchronized boolean isPresent(String nodeId) {
        return open.containsKey(nodeId);
    }

    /** How many are open. */
    public synchronized int connections() {
        return count;
    }

    private boolean isFull(String nodeId) {
        return count >= CONNECTIONS_MAX || open.getOrDefault(nodeId, 0) >= CONNECTIONS_PER_NODE_MAX;
    }

    /** @param isCutOff whether nobody ended it: neither the node with a farewell, nor we */
    public void ended(String nodeId, boolean isCutOff) {
        boolean wasLast;
        synchronized (this) {
            count--;
            wasLast = open.merge(nodeId, -1, (now, less) -> now + less == 0 ? null : now + less) == null;
            if (closed) {
                return;
            }
        }
        Node node = registry.find(nodeId);
        if (wasLast && isCutOff && node != null) {
            long signs = node.signsOfLife();
            var unused = timer.schedule(
                    () -> blocking.execute(() -> judge(node, signs)), PATIENCE_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void judge(Node node, long signsBefore) {
        if (node.signsOfLife() == signsBefore && isAbsent(node) && !node.hasLeft() && node.silenced()) {
            var unused = liveness.giveUp(node, "Its node's connection ended.");
            desk.dismiss(node);
        }
    }

    private synchronized boolean isAbsent(Node node) {
        return !closed && !isPresent(node.id());
    }

    /** From now on the end of a connection means nothing: it is we who end them. */
    @Override
    public synchronized void close() {
        closed = true;
    }
}
