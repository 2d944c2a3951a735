package io.sandrun.broker.claim;

import io.sandrun.broker.node.Node;
import io.sandrun.broker.requirement.RequirementClass;
import io.sandrun.protocol.Capabilities;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The claims that wait for jobs, by what their nodes offer: nodes that offer the same are of one kind, so that a job
 * looks at each kind and not at each node. The least loaded comes first, and of equals the one that has waited longest.
 * Whoever changes a node's load must have its claims {@linkplain #reorder put in order} again. Not thread-safe: the
 * desk guards it.
 */
final class IdleClaims {
    private final Map<Capabilities, SortedSet<Place>> kinds = new HashMap<>();

    /** Under the id of the node, and under its public key if it has one: jobs may ask for a node by either. */
    private final Map<String, Map<ParkedClaim, Place>> byNode = new HashMap<>();

    private final ToDoubleFunction<ParkedClaim> load;
    private long arrivals;
    private int count;

    /** @param load how busy a claim's node is */
    IdleClaims(ToDoubleFunction<ParkedClaim> load) {
        this.load = load;
    }

    /** Where a claim stands: among what its node offered when it came, and how busy the node is. */
    private record Place(ParkedClaim claim, Capabilities offered, double load, long arrival) {
        static final Comparator<Place> ORDER =
                Comparator.comparingDouble(Place::load).thenComparingLong(Place::arrival);
    }

    void add(ParkedClaim claim) {
        put(new Place(claim, claim.node.capabilities(), load.applyAsDouble(claim), arrivals++));
    }

    private void put(Place place) {
        ParkedClaim claim = place.claim;
        Node node = claim.node;
        count++;
        kinds.computeIfAbsent(place.offered, offered -> new TreeSet<>(Place.ORDER))
                .add(place);
        Map<ParkedClaim, Place> ofNode = byNode.computeIfAbsent(node.id(), id -> new LinkedHashMap<>());
        ofNode.put(claim, place);
        String workerId = node.workerId();
        if (workerId != null) {
            byNode.put(workerId, ofNode);
        }
    }

    /** Answers false if it was not among them. */
    boolean remove(ParkedClaim claim) {
        Node node = claim.node;
        Map<ParkedClaim, Place> ofNode = byNode.getOrDefault(node.id(), new HashMap<>());
        Place place = ofNode.remove(claim);
        if (place == null) {
            return false;
        }
        count--;
        if (ofNode.isEmpty()) {
            forget(node);
        }
        kinds.computeIfPresent(place.offered, (offered, kind) -> {
            kind.remove(place);
            return kind.isEmpty() ? null : kind;
        });
        return true;
    }

    private void forget(Node node) {
        byNode.remove(node.id());
        String workerId = node.workerId();
        if (workerId != null) {
            byNode.remove(workerId);
        }
    }

    /** Takes out those of one node that are not about to try. */
    List<ParkedClaim> take(Node node) {
        List<ParkedClaim> ofNode = byNode.getOrDefault(node.id(), Map.of()).keySet().stream()
                .filter(ParkedClaim::isIdle)
                .toList();
        ofNode.forEach(this::remove);
        return ofNode;
    }

    /** Likewise of all. */
    List<ParkedClaim> takeAll() {
        List<ParkedClaim> all = new ArrayList<>();
        kinds.values().forEach(kind -> kind.forEach(place -> all.add(place.claim)));
        all.removeIf(claim -> !claim.isIdle());
        all.forEach(this::remove);
        return all;
    }

    /** Puts the claims of a node where its load wants them now. */
    void reorder(Node node) {
        for (Place place : List.copyOf(byNode.getOrDefault(node.id(), Map.of()).values())) {
            remove(place.claim);
            put(new Place(place.claim, place.offered, load.applyAsDouble(place.claim), place.arrival));
        }
    }

    int of(Node node) {
        return byNode.getOrDefault(node.id(), Map.of()).size();
    }

    /** Whether nodes beside this one wait. */
    boolean hasOthersThan(Node node) {
        return count > of(node);
    }

    /** The claim that shall have a job with these needs; empty if none fits. It stays where it is. */
    Optional<ParkedClaim> best(RequirementClass needs, Predicate<Node> mayWork) {
        Place best = null;
        for (Collection<Place> alike : candidates(needs)) {
            Place first = firstThatFits(alike, needs, mayWork);
            if (first != null && (best == null || Place.ORDER.compare(first, best) < 0)) {
                best = first;
            }
        }
        return Optional.ofNullable(best).map(Place::claim);
    }

    private Collection<? extends Collection<Place>> candidates(RequirementClass needs) {
        String node = needs.node();
        return node == null
                ? kinds.values()
                : List.of(byNode.getOrDefault(node, Map.of()).values());
    }

    private static @Nullable Place firstThatFits(
            Collection<Place> alike, RequirementClass needs, Predicate<Node> mayWork) {
        for (Place place : alike) {
            Node node = place.claim.node;
            if (needs.isMetBy(node)) {
                if (mayWork.test(node)) {
                    return place;
                }
            } else if (place.offered.equals(node.capabilities())) {
                return null; // And no other of its kind fits. One that offers something else by now speaks for itself.
            }
        }
        return null;
    }
}
