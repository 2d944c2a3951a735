package io.sandrun.broker.claim;

import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.trust.NodeSessions;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends nodes away when the API key ends under which they registered. Thread-safe. */
public final class NodesOfKey {
    private static final Logger LOG = LoggerFactory.getLogger(NodesOfKey.class);

    private final NodeRegistry registry;
    private final NodeSessions sessions;
    private final Membership membership;
    private final Executor blocking;

    /** @param blocking runs what reads the store */
    public NodesOfKey(NodeRegistry registry, NodeSessions sessions, Membership membership, Executor blocking) {
        this.registry = registry;
        this.sessions = sessions;
        this.membership = membership;
        this.blocking = blocking;
    }

    /** The key of this id has ended. */
    public void end(String keyId) {
        registry.all().stream().filter(node -> node.owner().equals(keyId)).forEach(node -> {
            sessions.end(node.id());
            blocking.execute(() -> expel(node));
        });
    }

    private void expel(Node node) {
        membership
                .expel(node, "The API key of its node has ended.")
                .thenAccept(count -> LOG.info("Node {} was sent away with its key, holding {} jobs", node.id(), count))
                .exceptionally(failure -> {
                    LOG.warn("Leases could not be taken away: {}", failure.toString());
                    return null;
                });
    }
}
