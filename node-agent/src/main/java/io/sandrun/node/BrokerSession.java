package io.sandrun.node;

import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.NodeMessages.Register;
import io.sandrun.protocol.NodeMessages.Registered;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's standing with the broker: its id, and how to get it again when the broker has forgotten it. Thread-safe;
 * whoever finds the session missing registers, the others wait for that.
 */
final class BrokerSession {
    private static final Logger log = LoggerFactory.getLogger(BrokerSession.class);

    private final BrokerClient client;
    private final String workerId;
    private final String name;
    private final HeldLeases leases;
    private final CountDownLatch firstRegistration = new CountDownLatch(1);
    private Capabilities capabilities;
    private @Nullable Registered registered;

    BrokerSession(BrokerClient client, String workerId, String name, Capabilities capabilities, HeldLeases leases) {
        this.client = client;
        this.workerId = workerId;
        this.name = name;
        this.capabilities = capabilities;
        this.leases = leases;
    }

    /** The standing, registering first where there is none. One attempt: a caller that fails backs off by itself. */
    synchronized Registered current() throws IOException {
        if (registered == null) {
            registered = client.register(new Register("", workerId, name, capabilities, leases.ids()));
            log.info("Registered at {} as {}", client.url(), registered.nodeId());
            firstRegistration.countDown();
        }
        return registered;
    }

    /** Offers something else from now on: whoever asks for the standing next tells the broker. */
    synchronized void offer(Capabilities now) {
        if (!now.equals(capabilities)) {
            capabilities = now;
            registered = null;
        }
    }

    /** Forgets a standing that the broker said it does not know. A newer one is kept. */
    synchronized void forget(Registered stale) {
        if (stale.equals(registered)) {
            registered = null;
        }
    }

    /** Whether this failure says that the broker has forgotten the node. */
    static boolean isForgotten(Throwable failure) {
        return failure instanceof BrokerException answered && answered.is(ErrorCode.UNKNOWN_NODE);
    }

    boolean awaitFirstRegistration(Duration timeout) throws InterruptedException {
        return firstRegistration.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
}
