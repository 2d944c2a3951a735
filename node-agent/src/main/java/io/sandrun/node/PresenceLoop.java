package io.sandrun.node;

import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.NodeMessages.Registered;
import io.sandrun.protocol.PresenceConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a connection open by which the broker notices at once if this process dies. Without it, behind a
 * proxy that refuses it, the node works as well, and its death is noticed by its silence. When the connection ends
 * while we live, a heartbeat says so.
 */
final class PresenceLoop implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(PresenceLoop.class);

    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(10);

    /** After this long without a ping the other end is taken to be gone: the broker pings thrice in that time. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(60);

    /** A connection that lasted so long is a good one, and its end no reason to hesitate. */
    private static final Duration GOOD = Duration.ofSeconds(10);

    /**
     * So long after a connection's end each failure to open another sends a heartbeat: the first may have reached the
     * broker before the end did.
     */
    private static final Duration DOUBT = Duration.ofSeconds(3);

    private final BrokerClient client;
    private final BrokerSession session;
    private final HeartbeatLoop heartbeats;
    private final Backoff backoff = new Backoff();
    private final CountDownLatch never = new CountDownLatch(1);
    private long presentAtNanos = System.nanoTime();
    private boolean isRefused;

    PresenceLoop(BrokerClient client, BrokerSession session, HeartbeatLoop heartbeats) {
        this.client = client;
        this.session = session;
        this.heartbeats = heartbeats;
    }

    /** Until its thread is interrupted. */
    @Override
    public void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                bePresent();
                var unused = never.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void bePresent() throws InterruptedException {
        Registered standing;
        try {
            standing = session.current();
        } catch (IOException unreachable) {
            return; // The claim loop meets the same trouble and logs it.
        }
        CompletableFuture<PresenceConnection> opening = client.presence(standing.nodeId());
        long openedAt = System.nanoTime();
        try (PresenceConnection connection = opening.get(OPEN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            isRefused = false;
            watch(connection);
        } catch (ExecutionException | TimeoutException failed) {
            var unused = opening.whenComplete((late, failure) -> {
                if (late != null) {
                    late.close();
                }
            });
            tellOnce(failed);
            if (System.nanoTime() - presentAtNanos < DOUBT.toNanos()) {
                heartbeats.nudge();
            }
            return;
        }
        presentAtNanos = System.nanoTime();
        heartbeats.nudge();
        if (presentAtNanos - openedAt > GOOD.toNanos()) {
            backoff.reset();
        }
    }

    private static void watch(PresenceConnection connection) throws InterruptedException, ExecutionException {
        CompletableFuture<Void> ended = connection.ended();
        while (connection.silence().compareTo(SILENCE_MAX) < 0) {
            try {
                ended.get(SILENCE_MAX.minus(connection.silence()).toMillis() + 1, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException open) {
                // The loop's condition asks whether it is still spoken to.
            }
        }
    }

    private void tellOnce(Exception failed) {
        if (!isRefused) {
            isRefused = true;
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            log.info(
                    "No presence connection to {} ({}): if this node dies, the broker notices by its silence alone",
                    client.url(),
                    cause.toString());
        }
    }
}
