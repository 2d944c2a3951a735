package io.sandrun.broker.requirement;

import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.requirement.RequirementClass.Requirement;
import io.sandrun.broker.store.Store;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says why a pending job waits. Thread-safe. */
public final class PendingReason {
    /** Counting the jobs ahead stops beyond this, so that asking from the end of a long queue stays cheap. */
    public static final int AHEAD_MAX = 10_000;

    /** Of what nodes offer instead, as many are named: a sentence is no table. */
    private static final int OFFERED_MAX = 20;

    private final NodeRegistry registry;
    private final Store store;
    private final RequirementClasses classes;

    public PendingReason(Store store, NodeRegistry registry, RequirementClasses classes) {
        this.store = store;
        this.registry = registry;
        this.classes = classes;
    }

    /** How many of the live nodes that may get work meet one requirement, told in words that follow "has". */
    public record Detail(String requirement, int nodesMeeting, int nodesLive) {}

    /** Each requirement of its own; a job waits for a place when some node meets them all. */
    public List<Detail> details(RequirementClass needs) {
        List<Node> live = registry.working();
        return needs.requirements().stream()
                .map(requirement -> new Detail(requirement.words(), (int) have(requirement, live), live.size()))
                .toList();
    }

    /**
     * @param client whose job it is
     * @param ahead pending jobs that come first; beyond {@link #AHEAD_MAX} all numbers mean the same
     */
    public String explain(RequirementClass needs, String client, int ahead) {
        List<Node> live = registry.working();
        List<Node> fitting = live.stream()
                .filter(node -> node.takesJobsOf(client) && needs.isMetBy(node))
                .toList();
        if (!fitting.isEmpty()) {
            return shortOfMemory(fitting, needs)
                    .map(memory -> "Waiting for " + memory + ".")
                    .orElseGet(() -> "Waiting for a free slot: " + place(ahead));
        }
        Optional<String> byOwners = OwnersReasons.explain(registry, needs, client);
        if (byOwners.isPresent()) {
            return byOwners.get();
        }
        if (live.isEmpty()) {
            return whyNoneWorks(registry.live());
        }
        for (Requirement requirement : needs.requirements()) {
            if (live.stream().noneMatch(requirement.isMetBy())) {
                return "No live node has " + requirement.words() + " (" + offered(requirement, live) + ").";
            }
        }
        return "No live node has all of: "
                + needs.requirements().stream()
                        .map(requirement ->
                                requirement.words() + " (" + have(requirement, live) + " of " + live.size() + ")")
                        .collect(Collectors.joining(", "))
                + ".";
    }

    /**
     * What a job lacks on nodes that could run it but have too little left of the memory that their owners let jobs
     * have, in words that follow "waiting for"; empty where one of them has room for it.
     */
    public Optional<String> shortOfMemory(List<Node> fitting, RequirementClass needs) {
        return store.read(
                tables -> OwnersReasons.shortOfMemory(fitting, node -> classes.leftMb(tables, node), needs.heldMb()));
    }

    private static String whyNoneWorks(List<Node> live) {
        if (live.isEmpty()) {
            return "No node is connected: start one with `sandrun node`.";
        }
        if (live.stream().anyMatch(Node::isClosed)) {
            return "Every live node is closed by its owner, drained, or barred for its answers: see `sandrun nodes`.";
        }
        return live.stream().anyMatch(Node::isBarred)
                ? "Every live node is drained, or barred for its answers: see `sandrun nodes`."
                : "Every live node is drained: put one back with `sandrun drain NODE --undo`.";
    }

    private static String place(int ahead) {
        if (ahead > AHEAD_MAX) {
            return "more than " + AHEAD_MAX + " jobs are ahead.";
        }
        return ahead == 0 ? "it is the next in line." : count(ahead, "job is", "jobs are") + " ahead.";
    }

    private static String offered(Requirement requirement, List<Node> live) {
        List<String> instead = live.stream()
                .flatMap(node -> requirement.offered().apply(node.capabilities()).stream())
                .distinct()
                .sorted()
                .limit(OFFERED_MAX)
                .toList();
        return instead.isEmpty()
                ? count(live.size(), "node is live", "nodes are live")
                : count(live.size(), "live node has", "live nodes have") + ": " + String.join(", ", instead);
    }

    private static long have(Requirement requirement, List<Node> live) {
        return live.stream().filter(requirement.isMetBy()).count();
    }

    private static String count(long number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }
}
