package io.sandrun.broker.node;

import io.sandrun.broker.FreshId;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.pool.Pool;
import io.sandrun.broker.store.NodeRow;
import io.sandrun.broker.store.NodeTable;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.store.Tables;
import io.sandrun.protocol.ErrorCode;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The nodes, in memory. Registrations are written through; signs of life and counters are flushed in batches by {@link
 * NodeFlush}, so that heartbeats never take the write lock. Thread-safe.
 */
public final class NodeRegistry {
    /** Nodes that are remembered: each costs a few KiB, and a lost one is forgotten after a week. */
    private static final int NODES_MAX = 100_000;

    private final Store store;
    private final Clock clock;
    private final Pool pool;
    private final FreshId freshId;
    private final long nodeTimeoutMs;
    private final long startedAtMs;
    private final Map<String, Node> nodes = new ConcurrentHashMap<>();
    private final Map<String, Node> byWorkerId = new ConcurrentHashMap<>();

    public NodeRegistry(Store store, Clock clock, FreshId freshId, Duration nodeTimeout, Pool pool) {
        this.store = store;
        this.clock = clock;
        this.pool = pool;
        this.freshId = freshId;
        this.nodeTimeoutMs = nodeTimeout.toMillis();
        this.startedAtMs = clock.millis();
        store.read(tables -> tables.nodes().all()).forEach(row -> keep(Node.of(row, startedAtMs)));
    }

    /** Takes a node in, or again: one with the same public key keeps its id. */
    public CompletableFuture<Node> register(@Nullable String workerId, Node.Profile profile, Node.Origin origin) {
        if (nodes.size() >= NODES_MAX) {
            throw new Refusal(ErrorCode.RATE_LIMITED, "This broker remembers too many nodes already.");
        }
        long nowMs = clock.millis();
        Node node = workerId == null
                ? new Node(freshId.node(), null, profile, origin, nowMs)
                : byWorkerId.computeIfAbsent(workerId, key -> new Node(freshId.node(), key, profile, origin, nowMs));
        node.registered(profile, origin, nowMs);
        NodeRow row = node.row();
        return store.write(
                tables -> {
                    tables.nodes().save(row, nowMs);
                    return row;
                },
                saved -> {
                    keep(node);
                    return node;
                });
    }

    /** @throws Refusal if there is none */
    public Node require(String id) {
        Node node = nodes.get(id);
        if (node == null) {
            throw Refusal.unknownNode(id);
        }
        return node;
    }

    public @Nullable Node find(@Nullable String id) {
        return id == null ? null : nodes.get(id);
    }

    /** The node of this {@linkplain Node#standingKey name}, if it is remembered. */
    public @Nullable Node ofStanding(String key) {
        Node node = byWorkerId.get(key);
        return node == null ? nodes.get(key) : node;
    }

    public Collection<Node> all() {
        return nodes.values();
    }

    public List<Node> live() {
        return nodes.values().stream().filter(this::isLive).toList();
    }

    /** The node with this public key, as far as one has come. */
    public @Nullable Node findByWorkerId(String workerId) {
        return byWorkerId.get(workerId);
    }

    /** Whether the pool takes it: a node may be taken off the list long after it came. */
    public boolean isAdmitted(Node node) {
        return pool.admits(node.workerId());
    }

    /** How many jobs the pool lets it have at once; empty where that is up to the node. */
    public OptionalInt maxConcurrentJobs(Node node) {
        return pool.maxConcurrentJobs(node.workerId());
    }

    /** Whether it is of the pool, was heard of lately and has not said farewell. */
    public boolean isLive(Node node) {
        return isAdmitted(node)
                && !node.hasLeft()
                && !node.isSilent()
                && clock.millis() - node.lastSeenMs() <= nodeTimeoutMs;
    }

    /** The live nodes that may get work. */
    public List<Node> working() {
        return nodes.values().stream().filter(this::mayWork).toList();
    }

    /** Whether there is one among them; stops at the first. */
    public boolean isAnyWorking(Predicate<Node> wanted) {
        return nodes.values().stream().anyMatch(node -> mayWork(node) && wanted.test(node));
    }

    /** Whether it is live, and neither drained nor barred nor closed by its owner. */
    public boolean mayWork(Node node) {
        return isLive(node) && !node.isDrained() && !node.isBarred() && !node.isClosed();
    }

    /**
     * Whether its leases are forfeit: it fell silent, of which nobody is suspected before the broker itself has been
     * there for one timeout, or is not of the pool (any more).
     */
    public boolean isLost(Node node) {
        return !isAdmitted(node)
                || node.isSilent()
                || clock.millis() - Math.max(node.lastSeenMs(), startedAtMs) > nodeTimeoutMs;
    }

    /** Likewise by its id; one that is not known is lost, after the same grace. */
    public boolean isLost(String nodeId) {
        Node node = nodes.get(nodeId);
        return node == null ? isGraceOver() : isLost(node);
    }

    /** Whether the broker has been there for one timeout, so that nodes had the time to report. */
    public boolean isGraceOver() {
        return clock.millis() - startedAtMs > nodeTimeoutMs;
    }

    /** Takes a node out of service: once this completes it gets no more work, also after a restart of the broker. */
    public CompletableFuture<Void> drain(Node node) {
        // At once in memory, so that no claim behind this call slips through before the commit.
        node.drained(true);
        return store.write(tables -> setDrained(tables, node, true)).thenAccept(done -> {});
    }

    /** Puts it back in service. */
    public CompletableFuture<Void> undrain(Node node) {
        return store.write(tables -> setDrained(tables, node, false), done -> {
                    node.drained(false);
                    return done;
                })
                .thenAccept(done -> {});
    }

    private static String setDrained(Tables tables, Node node, boolean isDrained) {
        tables.nodes().setDrained(node.id(), isDrained);
        return node.id();
    }

    void forget(Node node) {
        nodes.remove(node.id());
        String workerId = node.workerId();
        if (workerId != null) {
            byWorkerId.remove(workerId);
        }
    }

    /** Notes how a job of a node ended. */
    public void counted(String nodeId, boolean succeeded) {
        Node node = nodes.get(nodeId);
        if (node != null) {
            node.counted(succeeded);
        }
    }

    private void keep(Node node) {
        nodes.put(node.id(), node);
        String workerId = node.workerId();
        if (workerId != null) {
            byWorkerId.put(workerId, node);
        }
    }

    /** Writes what changed since the last time. */
    CompletableFuture<Integer> flush() {
        List<NodeRow> changed =
                nodes.values().stream().filter(Node::takeDirty).map(Node::row).toList();
        if (changed.isEmpty()) {
            return CompletableFuture.completedFuture(0);
        }
        return store.write(tables -> {
            NodeTable table = tables.nodes();
            changed.forEach(table::flush);
            return changed.size();
        });
    }

    /** Removes from database and memory a node that holds nothing. */
    CompletableFuture<Boolean> delete(Node node) {
        return store.write(tables -> tables.nodes().delete(node.id()), deleted -> {
            if (deleted) {
                forget(node);
            }
            return deleted;
        });
    }
}
