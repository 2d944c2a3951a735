package io.sandrun.broker.node;

import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Housekeeping of the nodes' table: one batch of what changed, and farewell to those not heard of for long. */
public final class NodeFlush implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeFlush.class);

    /** How often, at most this much of counters and signs of life is lost in a crash of the broker. */
    public static final Duration INTERVAL = Duration.ofSeconds(2);

    /** After this silence a node is forgotten: older nodes get a new id at each start, which would pile up. */
    private static final Duration FORGET_AFTER = Duration.ofDays(7);

    private final NodeRegistry registry;
    private final Clock clock;

    public NodeFlush(NodeRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
    }

    /** One pass; waits for nothing. */
    @Override
    public void run() {
        registry.flush().exceptionally(failure -> log(failure, 0));
        for (Node node : registry.all()) {
            if (clock.millis() - node.lastSeenMs() > FORGET_AFTER.toMillis()) {
                registry.delete(node).exceptionally(failure -> log(failure, false));
            }
        }
    }

    private static <T> T log(Throwable failure, T answer) {
        LOG.warn("The table of nodes could not be brought up to date: {}", failure.toString());
        return answer;
    }
}
