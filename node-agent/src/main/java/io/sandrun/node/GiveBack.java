package io.sandrun.node;

import io.sandrun.node.attempt.HeldAttempt;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.NodeMessages.Release;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives jobs back to the broker, so that other nodes run them. Thread-safe; waits for the broker's answer. */
final class GiveBack {
    private static final Logger log = LoggerFactory.getLogger(GiveBack.class);

    /** An owner who wants the machine does not wait longer for a broker that says nothing, milliseconds. */
    private static final long PATIENCE_MS = 3_000;

    private final BrokerClient client;
    private final BrokerSession session;

    GiveBack(BrokerClient client, BrokerSession session) {
        this.client = client;
        this.session = session;
    }

    /**
     * Gives them back, whether they have begun or not, and stops them: in this order, so that no heartbeat is without
     * them before, which would cost each an attempt. Where the broker cannot be reached, or is silent for some seconds,
     * they are stopped all the same.
     */
    void all(List<HeldAttempt> attempts) {
        List<String> named =
                attempts.stream().map(attempt -> attempt.job().leaseId()).toList();
        CompletableFuture.delayedExecutor(PATIENCE_MS, TimeUnit.MILLISECONDS).execute(() -> stop(attempts));
        try {
            client.release(new Release(session.current().nodeId(), named, false));
        } catch (IOException unreachable) {
            log.warn("Jobs could not be given back, and will be missed: {}", unreachable.getMessage());
        }
        stop(attempts);
    }

    private static void stop(List<HeldAttempt> attempts) {
        attempts.stream().filter(attempt -> !attempt.isLost()).forEach(HeldAttempt::lose);
    }
}
