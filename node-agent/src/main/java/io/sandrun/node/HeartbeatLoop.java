package io.sandrun.node;

import io.sandrun.node.attempt.HeldAttempt;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.NodeMessages.Heartbeat;
import io.sandrun.protocol.NodeMessages.HeartbeatAnswer;
import io.sandrun.protocol.NodeMessages.HeldLease;
import io.sandrun.protocol.NodeMessages.Registered;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the broker what this node holds, and hears what it must drop. While something runs, the answer is parked at the
 * broker, so a cancel arrives at once; a nudge (a program has started, news came) sends the next heartbeat without
 * delay.
 */
final class HeartbeatLoop implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(HeartbeatLoop.class);

    /** Until the broker has said how often it wants to hear from us, and while it cannot be reached. */
    private static final double UNREGISTERED_INTERVAL_SECONDS = 1;

    private final BrokerClient client;
    private final BrokerSession session;
    private final HeldLeases leases;
    private final Semaphore nudges = new Semaphore(0);

    HeartbeatLoop(BrokerClient client, BrokerSession session, HeldLeases leases) {
        this.client = client;
        this.session = session;
        this.leases = leases;
    }

    /** Sends the next heartbeat now. */
    void nudge() {
        nudges.release();
    }

    @Override
    public void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                beat();
            } catch (InterruptedException stop) {
                return;
            }
        }
    }

    private void beat() throws InterruptedException {
        Registered standing;
        try {
            standing = session.current();
        } catch (IOException unreachable) {
            // The claim loop meets the same trouble and logs it.
            awaitNudge(UNREGISTERED_INTERVAL_SECONDS);
            return;
        }
        List<HeldLease> held = leases.snapshot();
        double waitSeconds = held.isEmpty() ? 0 : standing.heartbeatSeconds();
        CompletableFuture<HeartbeatAnswer> answer =
                client.heartbeat(new Heartbeat(standing.nodeId(), held, waitSeconds));
        var unused = answer.whenComplete((news, failure) -> hear(standing, news, failure));
        try {
            awaitNudge(standing.heartbeatSeconds());
        } finally {
            answer.cancel(true);
        }
    }

    private void awaitNudge(double seconds) throws InterruptedException {
        if (nudges.tryAcquire((long) (seconds * 1e3), TimeUnit.MILLISECONDS)) {
            nudges.drainPermits();
        }
    }

    private void hear(Registered standing, @Nullable HeartbeatAnswer news, @Nullable Throwable failure) {
        if (news == null) {
            if (isGivenUp(failure)) {
                return;
            }
            IOException cause = client.readable(failure);
            if (!Dismissal.isFinal(cause)) {
                log.warn("Heartbeat: {}", cause.getMessage());
            }
            session.heed(standing, cause);
            return;
        }
        news.lost().forEach(leases::lose);
        for (String leaseId : news.cancel()) {
            leases.attempt(leaseId).ifPresent(HeldAttempt::cancel);
        }
    }

    /** Whether it was this loop that ended the call, to send the next one. */
    private static boolean isGivenUp(@Nullable Throwable failure) {
        return failure instanceof CancellationException
                || (failure instanceof CompletionException && isGivenUp(failure.getCause()));
    }
}
