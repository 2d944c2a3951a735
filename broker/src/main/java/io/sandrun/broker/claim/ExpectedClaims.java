package io.sandrun.broker.claim;

import io.sandrun.broker.node.Node;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The nodes that will claim in a moment: their last claim was answered with fewer jobs than it could start, and the
 * next one is on its way. Not thread-safe: the desk guards it.
 */
final class ExpectedClaims {
    /** How long a job may wait for one of them, milliseconds: a slow way there and back. */
    static final long PATIENCE_MS = 50;

    /** Nodes that are looked through; with more of them than that, jobs spread by themselves. */
    private static final int NODES_MAX = 64;

    /** Until when, by {@link System#nanoTime}; in the order in which they are over. */
    private final Map<Node, Long> untilNanos = new LinkedHashMap<>();

    void soon(Node node) {
        untilNanos.remove(node);
        untilNanos.put(node, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS));
        long nowNanos = System.nanoTime();
        untilNanos.values().removeIf(until -> until - nowNanos <= 0 || untilNanos.size() > NODES_MAX);
    }

    /** Its claim has come, and has tried. */
    void came(Node node) {
        untilNanos.remove(node);
    }

    /** Whether one of them is such a node. */
    boolean any(Predicate<Node> wanted) {
        long nowNanos = System.nanoTime();
        return untilNanos.entrySet().stream()
                .anyMatch(entry -> entry.getValue() - nowNanos > 0 && wanted.test(entry.getKey()));
    }
}
