package io.sandrun.broker.requirement;

import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.store.Tables;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The requirement classes in memory: few, and never changed. Classes are learned on the writer's thread after the
 * commit that brought them; reads are thread-safe.
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

    /** The number of these needs; inside a write operation. */
    public long intern(Tables tables, String canonical) {
        Long known = ids.get(canonical);
        return known != null ? known : tables.requirements().intern(canonical);
    }

    /** To be called after the commit of each job that was interned. */
    public void learn(long id, String canonical) {
        if (ids.putIfAbsent(canonical, id) == null) {
            byId.put(id, RequirementClass.parse(canonical));
            version.incrementAndGet();
        }
    }

    public RequirementClass get(long id) {
        RequirementClass known = byId.get(id);
        if (known == null) {
            throw new IllegalStateException("no requirement class " + id);
        }
        return known;
    }

    /** Empty for a class that was committed a moment ago and is about to be learned. */
    public Optional<RequirementClass> find(long id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Grows with each class that is learned. */
    public long version() {
        return version.get();
    }

    /** Whether another live node that may get work can serve the class. */
    public boolean fitAnotherThan(String nodeId, long classId) {
        RequirementClass needs = get(classId);
        return registry.working().stream().anyMatch(node -> !node.id().equals(nodeId) && needs.isMetBy(node));
    }

    /** The classes that a node can serve, as a JSON list of their numbers. */
    public String servableBy(Node node) {
        StringBuilder list = new StringBuilder("[");
        byId.forEach((id, needs) -> {
            if (needs.isMetBy(node)) {
                list.append(list.length() == 1 ? "" : ",").append(id);
            }
        });
        return list.append(']').toString();
    }
}
