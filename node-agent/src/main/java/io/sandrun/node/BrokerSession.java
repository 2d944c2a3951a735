package io.sandrun.node;

import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.NodeMessages.Register;
import io.sandrun.protocol.NodeMessages.Registered;
import io.sandrun.protocol.NodeMessages.Renew;
import io.sandrun.protocol.NodeMessages.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's standing with the broker: its id and a session, and how to get them again when the session is over or the
 * broker has forgotten the node. Thread-safe; whoever finds the standing missing renews it, the others wait for that.
 *
 * <p>A session is renewed without registering, since a registration gives up every lease that it does not name, and
 * there may be leases on their way to us; one that only tells of another offer says that it gives up none. So neither
 * the end of a session nor a restart of the broker nor a new environment costs a job.
 */
final class BrokerSession {
    private static final Logger log = LoggerFactory.getLogger(BrokerSession.class);

    private final BrokerClient client;
    private final String workerId;
    private final String name;
    private final HeldLeases leases;
    private final Dismissal dismissal;
    private final CountDownLatch firstRegistration = new CountDownLatch(1);
    private final CompletableFuture<Optional<BrokerException>> firstAnswer = new CompletableFuture<>();

    /** What is to be offered, which may be set while a call to the broker holds the lock. */
    private volatile Capabilities wanted;

    private Capabilities capabilities;
    private @Nullable Registered registered;

    /** Whether the broker is yet to hear of the capabilities. */
    private boolean isOfferNew;

    /** The last id that the broker gave us; it keeps it for long. */
    private @Nullable String formerNodeId;

    /** By {@link System#nanoTime()}. */
    private long renewAtNanos;

    BrokerSession(BrokerClient client, String workerId, String name, Capabilities capabilities, HeldLeases leases) {
        this.client = client;
        this.workerId = workerId;
        this.name = name;
        this.wanted = capabilities;
        this.capabilities = capabilities;
        this.leases = leases;
        this.dismissal = new Dismissal(leases);
    }

    /**
     * The standing, renewed where its session nears its end, registering first where there is none. One attempt: a
     * caller that fails backs off by itself.
     */
    Registered current() throws IOException {
        try {
            return standing();
        } catch (IOException failure) {
            dismissal.heed(failure);
            if (failure instanceof BrokerException refusal && !refusal.isRetryable()) {
                firstAnswer.complete(Optional.of(refusal));
            }
            throw failure;
        }
    }

    private synchronized Registered standing() throws IOException {
        takeUpOffer();
        Registered standing = registered;
        if (standing == null || (standing.session() != null && System.nanoTime() - renewAtNanos >= 0)) {
            standing = enter();
            registered = standing;
            formerNodeId = standing.nodeId();
            renewAtNanos = System.nanoTime() + halfOf(standing.session());
            firstRegistration.countDown();
            firstAnswer.complete(Optional.empty());
        }
        return standing;
    }

    /** Offers something else from now on: whoever asks for the standing next tells the broker. Does not wait for it. */
    void offer(Capabilities now) {
        wanted = now;
    }

    private synchronized void takeUpOffer() {
        Capabilities now = wanted;
        if (!now.equals(capabilities)) {
            capabilities = now;
            registered = null;
            isOfferNew = true;
        }
    }

    private Registered enter() throws IOException {
        String former = formerNodeId;
        if (former != null && !isOfferNew) {
            try {
                return client.renew(new Renew(former));
            } catch (BrokerException answered) {
                if (!answered.is(ErrorCode.UNKNOWN_NODE) && !answered.is(ErrorCode.NOT_FOUND)) {
                    throw answered;
                }
            }
        }
        Register registration = new Register("", workerId, name, capabilities, leases.ids());
        // With another offer it is the same node that goes on: leases may be on their way to it.
        Registered standing = client.register(isOfferNew && former != null ? registration.thatGoesOn() : registration);
        isOfferNew = false;
        log.info("Registered at {} as {}", client.url(), standing.nodeId());
        return standing;
    }

    private static long halfOf(@Nullable Session session) {
        return session == null ? 0 : (long) (session.seconds() * 1e9 / 2);
    }

    /**
     * Heeds why a call failed: gives up a standing of which it says that it is none any more, but for a newer one; and
     * what the node does, if the broker serves it no more.
     */
    void heed(Registered standing, Throwable failure) {
        dismissal.heed(failure);
        synchronized (this) {
            if (endsStanding(failure) && standing.equals(registered)) {
                registered = null;
            }
        }
    }

    /** Whether this failure says that the broker has forgotten the node or its session. */
    static boolean endsStanding(Throwable failure) {
        return failure instanceof BrokerException answered
                && (answered.is(ErrorCode.UNKNOWN_NODE) || answered.is(ErrorCode.SESSION_EXPIRED));
    }

    /** Completes with the refusal when the broker serves this node no more, and asking again is no use. */
    CompletableFuture<BrokerException> dismissed() {
        return dismissal.dismissed();
    }

    /** Completes with what the broker first said to this node: nothing if it took the node in, else why not. */
    CompletableFuture<Optional<BrokerException>> firstAnswer() {
        return firstAnswer.copy();
    }

    boolean isRegistered() {
        return firstRegistration.getCount() == 0;
    }

    boolean awaitFirstRegistration(Duration timeout) throws InterruptedException {
        return firstRegistration.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
}
