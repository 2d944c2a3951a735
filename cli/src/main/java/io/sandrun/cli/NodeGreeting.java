package io.sandrun.cli;

import io.sandrun.node.NodeAgent;
import io.sandrun.protocol.Capabilities;
import java.util.StringJoiner;
import java.util.TreeMap;

/** What a node that has started tells its owner. */
final class NodeGreeting {
    private NodeGreeting() {}

    static void tell(NodeAgent node) {
        Capabilities offered = node.capabilities();
        StringJoiner interpreters = new StringJoiner(", ");
        new TreeMap<>(offered.interpreterVersions()).forEach((name, version) -> interpreters.add(name + " " + version));
        Console.tell("ready: %d slots for %s".formatted(offered.slots(), interpreters));
        if (!offered.environments().isEmpty()) {
            Console.tell("environments: "
                    + String.join(
                            ", ",
                            offered.environments().stream()
                                    .map(Capabilities.Environment::name)
                                    .toList()));
        }
        Console.tell("Worker ID: " + node.workerId());
    }
}
