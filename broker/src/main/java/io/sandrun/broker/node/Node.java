package io.sandrun.broker.node;

import io.sandrun.broker.store.NodeRow;
import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.identity.WorkerKey;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A node as the broker sees it now. Thread-safe: each field is written whole, and no two must agree. */
public final class Node {
    /**
     * How old the database's word on a node that does nothing but live may be, milliseconds. It is read after a restart
     * only, and then every node has a whole NODE_TIMEOUT to be heard of; thousands of idle nodes must not keep the
     * writer busy.
     */
    private static final long SEEN_WRITTEN_EVERY_MS = 10_000;

    private final String id;
    private final @Nullable String workerId;
    private final AtomicLong jobsCompleted = new AtomicLong();
    private final AtomicLong jobsFailed = new AtomicLong();
    private final AtomicLong signsOfLife = new AtomicLong();
    private volatile @Nullable WorkerKey key;
    private volatile Profile profile;
    private volatile Origin origin;
    private volatile long lastSeenMs;
    private volatile boolean hasLeft;
    private volatile boolean isDrained;
    private volatile boolean isBarred;
    private volatile boolean isSilent;
    private volatile boolean isDirty;
    private volatile long writtenSeenMs;

    /** What a node says of itself when it registers. */
    public record Profile(String name, String endpoint, Capabilities capabilities) {}

    /**
     * Where a node comes from, as the broker sees it and not as the node says.
     *
     * @param owner who answers for it, by the key under which it registered; null if it named none
     * @param address of its registration, as for clients: of IPv6 the network
     */
    public record Origin(@Nullable String owner, String address) {}

    Node(String id, @Nullable String workerId, Profile profile, Origin origin, long lastSeenMs) {
        this.id = id;
        this.workerId = workerId;
        this.profile = profile;
        this.origin = origin;
        this.lastSeenMs = lastSeenMs;
    }

    /** @param nowMs no sign of life is later than this: the clock may have been set back since it was written */
    static Node of(NodeRow row, long nowMs) {
        Capabilities capabilities = Json.read(row.capabilities(), Capabilities.class);
        Profile profile = new Profile(row.name(), row.endpoint(), capabilities);
        Origin origin = new Origin(row.owner(), row.address());
        Node node = new Node(row.id(), row.workerId(), profile, origin, Math.min(row.lastSeenMs(), nowMs));
        node.jobsCompleted.set(row.jobsCompleted());
        node.jobsFailed.set(row.jobsFailed());
        node.hasLeft = row.hasLeft();
        node.isDrained = row.isDrained();
        return node;
    }

    NodeRow row() {
        Profile now = profile;
        Origin from = origin;
        return new NodeRow(
                id,
                workerId,
                from.owner,
                from.address,
                now.name,
                now.endpoint,
                Json.write(now.capabilities),
                lastSeenMs,
                jobsCompleted.get(),
                jobsFailed.get(),
                hasLeft,
                isDrained);
    }

    public String id() {
        return id;
    }

    public @Nullable String workerId() {
        return workerId;
    }

    /** By which its signatures are checked; empty for a node without a key. */
    public Optional<WorkerKey> key() {
        WorkerKey known = key;
        if (known == null && workerId != null) {
            // Looked at once, since that costs half of what a signature does.
            known = WorkerKey.of(workerId).orElse(null);
            key = known;
        }
        return Optional.ofNullable(known);
    }

    /** Who answers for it: whose nodes are one when copies of a job are spread. Itself, if nobody else does. */
    public String owner() {
        String named = origin.owner;
        if (named != null) {
            return named;
        }
        return standingKey();
    }

    /** What it is known by for its answers: its key, or its id if it has none. */
    public String standingKey() {
        return workerId == null ? id : workerId;
    }

    /** The address that it registered from; empty if it registered before addresses were kept. */
    public String address() {
        return origin.address;
    }

    public Profile profile() {
        return profile;
    }

    public Capabilities capabilities() {
        return profile.capabilities;
    }

    public long lastSeenMs() {
        return lastSeenMs;
    }

    public long jobsCompleted() {
        return jobsCompleted.get();
    }

    public long jobsFailed() {
        return jobsFailed.get();
    }

    public boolean hasLeft() {
        return hasLeft;
    }

    /** How often it was heard of since the broker started: unlike a time, never the same twice. */
    public long signsOfLife() {
        return signsOfLife.get();
    }

    /** Whether it was given up and not heard of since. */
    boolean isSilent() {
        return isSilent;
    }

    /** Whether someone wants it to get no more work. What it holds it keeps. */
    public boolean isDrained() {
        return isDrained;
    }

    /** Whether it gets no more work for what it did, see {@code broker.reputation}. */
    public boolean isBarred() {
        return isBarred;
    }

    /** Whether its owner lets it take no work now. What it holds it keeps, or gives back. */
    public boolean isClosed() {
        return capabilities().ownerTerms().closed() != null;
    }

    /** Whether its owner lets it run jobs of a client. */
    public boolean takesJobsOf(String client) {
        return capabilities().ownerTerms().takesJobsOf(client);
    }

    /** Notes what its answers have come to. */
    public void barred(boolean now) {
        isBarred = now;
    }

    void drained(boolean wanted) {
        isDrained = wanted;
    }

    /** Notes a sign of life; answers whether the node had been given up. */
    public boolean seen(long nowMs) {
        lastSeenMs = nowMs;
        signsOfLife.incrementAndGet();
        if (nowMs - writtenSeenMs >= SEEN_WRITTEN_EVERY_MS) {
            isDirty = true;
        }
        boolean wasSilent = isSilent;
        isSilent = false;
        return wasSilent;
    }

    void registered(Profile now, Origin from, long nowMs) {
        profile = now;
        origin = from;
        hasLeft = false;
        seen(nowMs);
    }

    /** Notes that it said farewell. */
    public void left() {
        hasLeft = true;
        isDirty = true;
    }

    /** Gives it up; answers false if that was done before. */
    public boolean silenced() {
        boolean first = !isSilent;
        isSilent = true;
        return first;
    }

    void counted(boolean succeeded) {
        (succeeded ? jobsCompleted : jobsFailed).incrementAndGet();
        isDirty = true;
    }

    /** Whether something changed since the last time this was asked. */
    boolean takeDirty() {
        boolean dirty = isDirty;
        isDirty = false;
        if (dirty) {
            writtenSeenMs = lastSeenMs;
        }
        return dirty;
    }
}
