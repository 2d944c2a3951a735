package io.sandrun.broker.requirement;

import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.requirement.RequirementClass.Requirement;
import java.util.List;
import java.util.stream.Collectors;

/** Says why a pending job waits. Thread-safe. */
public final class PendingReason {
    private final NodeRegistry registry;

    public PendingReason(NodeRegistry registry) {
        this.registry = registry;
    }

    /** @param ahead pending jobs that come first */
    public String explain(RequirementClass needs, int ahead) {
        List<Node> live = registry.working();
        if (live.isEmpty()) {
            return registry.live().isEmpty()
                    ? "No node is connected: start one with `sandrun node`."
                    : "Every live node is drained: put one back with `sandrun drain NODE --undo`.";
        }
        if (live.stream().anyMatch(needs::isMetBy)) {
            return "Waiting for a free slot: "
                    + (ahead == 0 ? "it is the next in line." : count(ahead, "job is", "jobs are") + " ahead.");
        }
        for (Requirement requirement : needs.requirements()) {
            if (live.stream().noneMatch(requirement.isMetBy())) {
                return "No live node has " + requirement.words() + " (" + offered(needs, requirement, live) + ").";
            }
        }
        return "No live node has all of: "
                + needs.requirements().stream()
                        .map(requirement ->
                                requirement.words() + " (" + have(requirement, live) + " of " + live.size() + ")")
                        .collect(Collectors.joining(", "))
                + ".";
    }

    private static String offered(RequirementClass needs, Requirement requirement, List<Node> live) {
        String nodes = count(live.size(), "live node has", "live nodes have");
        if (requirement.words().endsWith(" " + needs.interpreter())) {
            return nodes + ": "
                    + live.stream()
                            .flatMap(node -> node.capabilities().interpreters().stream())
                            .distinct()
                            .sorted()
                            .collect(Collectors.joining(", "));
        }
        return count(live.size(), "node is live", "nodes are live");
    }

    private static long have(Requirement requirement, List<Node> live) {
        return live.stream().filter(requirement.isMetBy()).count();
    }

    private static String count(long number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }
}
