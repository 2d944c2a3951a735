package io.sandrun.broker.requirement;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.store.Tables;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The requirement classes in memory: few, and never changed. They are learned on the writer's thread after the commit
 * that brought them, and forgotten after the one that deleted them when no job had them any more. Reads are
 * thread-safe.
 */
public final class RequirementClasses {
    private final NodeRegistry registry;
    private final Map<Long, RequirementClass> byId = new ConcurrentHashMap<>();
    private final Map<String, Long> ids = new ConcurrentHashMap<>();
    private final AtomicLong version = new AtomicLong();

    public RequirementClasses(Store store, NodeRegistry registry) {
        this.registry = registry;
        store.read(tables -> tables.requirements().all()).forEach(this::learn);
    }

    /**
     * The number of these needs; inside a write operation.
     *
     * @throws Refusal if they are new and there are too many already
     */
    public long intern(Tables tables, String canonical) {
        Long known = ids.get(canonical);
        if (known != null) {
            return known;
        }
        long id = tables.requirements().intern(canonical);
        if (tables.requirements().count() > Limits.REQUIREMENT_CLASSES) {
            // Which undoes the operation, and the new row with it.
            throw new Refusal(
                    ErrorCode.RATE_LIMITED,
                    "Jobs with " + Limits.REQUIREMENT_CLASSES + " different needs are remembered already: ask for what"
                            + " another job asks for, or come back when the results of some are forgotten.");
        }
        return id;
    }

    /**
     * Deletes the classes that no job has any more; inside a write operation, with {@link #forget} after its commit.
     * Their texts are forgotten at once: a submit of the same transaction must not be given a number that is gone. If
     * the transaction fails after all, the next submit with such needs finds their row.
     */
    public Map<Long, String> deleteUnused(Tables tables) {
        Map<Long, String> unused = tables.requirements().deleteUnused();
        unused.values().forEach(ids::remove);
        return unused;
    }

    /** After the commit that deleted them; what was learned again under such a number meanwhile goes too. */
    public void forget(Map<Long, String> deleted) {
        deleted.forEach((id, canonical) -> {
            byId.remove(id);
            ids.remove(canonical, id);
        });
    }

    /** To be called after the commit of each job that was interned. */
    public void learn(long id, String canonical) {
        if (ids.putIfAbsent(canonical, id) == null) {
            byId.put(id, RequirementClass.parse(canonical));
            version.incrementAndGet();
        }
    }

    private RequirementClass get(long id) {
        RequirementClass known = byId.get(id);
        if (known == null) {
            throw new IllegalStateException("no requirement class " + id);
        }
        return known;
    }

    /** Empty for a class that was committed a moment ago and is about to be learned, or whose jobs are forgotten. */
    public Optional<RequirementClass> find(long id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Grows with each class that is learned. */
    public long version() {
        return version.get();
    }

    /** Whether another live node that may get work can serve the class, and takes jobs of this client. */
    public boolean fitAnotherThan(String nodeId, long classId, String client) {
        RequirementClass needs = get(classId);
        return registry.isAnyWorking(
                node -> !node.id().equals(nodeId) && node.takesJobsOf(client) && needs.isMetBy(node));
    }

    /** What a job of the class may have of a machine's memory, MiB; 0 for one that nobody remembers. */
    public long heldMb(long id) {
        return find(id).map(RequirementClass::heldMb).orElse(0);
    }

    /**
     * What a node's owner lets further jobs have of its memory, MiB, beside those that it has now; {@link
     * Long#MAX_VALUE} where no owner bounds it.
     */
    public long leftMb(Tables tables, Node node) {
        Long most = node.capabilities().ownerTerms().memoryMb();
        return most == null
                ? Long.MAX_VALUE
                : most
                        - tables.owners().heldClasses(node.id()).stream()
                                .mapToLong(this::heldMb)
                                .sum();
    }

    /**
     * The classes that a node can serve, as a JSON list of their numbers.
     *
     * @param memoryMb what there is for a job and its files
     */
    public String servableBy(Node node, long memoryMb) {
        StringBuilder list = new StringBuilder("[");
        byId.forEach((id, needs) -> {
            if (needs.heldMb() <= memoryMb && needs.isMetBy(node)) {
                list.append(list.length() == 1 ? "" : ",").append(id);
            }
        });
        return list.append(']').toString();
    }
}
