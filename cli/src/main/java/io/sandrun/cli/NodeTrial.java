package io.sandrun.cli;

import io.sandrun.node.NodeAgent;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Json;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Whether a broker takes a node, and what somebody has to do if it does not. */
final class NodeTrial {
    /** A broker that is asked once a second, as a node does it, has answered by then if it is there at all. */
    private static final long PATIENCE_SECONDS = 20;

    private NodeTrial() {}

    /** @return the exit code */
    static int of(NodeAgent node) throws InterruptedException {
        Optional<BrokerException> refusal;
        try {
            refusal = node.firstAnswer().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException silent) {
            Console.complain("the broker has not let this node in for %d s; the lines above say why."
                    .formatted(PATIENCE_SECONDS));
            return Sandrun.EXIT_FAILURE;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
        if (refusal.isEmpty()) {
            Console.tell("the broker takes this node");
            return 0;
        }
        if (refusal.get().is(ErrorCode.WORKER_NOT_LISTED)) {
            Console.tell("the broker works with the nodes of a list only. Its admin adds this one there "
                    + "(--workers FILE), which needs no restart of anything:");
            Console.say(Json.write(entry(node)));
            return Sandrun.EXIT_WAITING;
        }
        Console.complain("the broker does not take this node: " + refusal.get().getMessage());
        return Sandrun.EXIT_REFUSED;
    }

    /** Of the list. */
    private static Map<String, Object> entry(NodeAgent node) {
        Map<String, Object> entry = new TreeMap<>();
        entry.put("worker_id", node.workerId());
        entry.put("max_concurrent_jobs", node.capabilities().slots());
        return entry;
    }
}
