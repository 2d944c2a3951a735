package io.sandrun.node;

import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.NodeMessages.Claim;
import io.sandrun.protocol.NodeMessages.Claimed;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.Registered;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns free places into claims. Each claim is parked at the broker with all the places that were free when it was
 * sent; places that get free while it is parked make a claim of their own, so nothing idles and nothing polls.
 */
final class ClaimLoop implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(ClaimLoop.class);

    private final BrokerClient client;
    private final BrokerSession session;
    private final SlotPool slots;
    private final OwnersWill will;
    private final Consumer<ClaimedJob> start;
    private final Map<Long, CompletableFuture<Claimed>> parked = new ConcurrentHashMap<>();
    private final Backoff backoff = new Backoff();
    private long claims;
    private volatile boolean stopped;

    /** @param start runs a job in the place that was reserved for it; must not block */
    ClaimLoop(BrokerClient client, BrokerSession session, SlotPool slots, OwnersWill will, Consumer<ClaimedJob> start) {
        this.client = client;
        this.session = session;
        this.slots = slots;
        this.will = will;
        this.start = start;
    }

    @Override
    public void run() {
        while (!stopped) {
            try {
                will.awaitOpen();
                int places = slots.reserve();
                if (will.isOpen()) {
                    claim(places);
                } else {
                    slots.giveBack(places);
                }
            } catch (InterruptedException stop) {
                return;
            }
        }
    }

    /** Sends no further claim and gives up those that are parked. */
    void stop() {
        stopped = true;
        parked.values().forEach(claim -> claim.cancel(true));
    }

    boolean isStopped() {
        return stopped;
    }

    private void claim(int places) {
        int asked = Math.min(places, Limits.CLAIM_SLOTS_MAX);
        slots.giveBack(places - asked);
        Registered standing;
        try {
            standing = session.current();
        } catch (IOException unreachable) {
            retryLater(asked, unreachable);
            return;
        }
        var claim = client.claim(new Claim(standing.nodeId(), asked, Limits.CLAIM_WAIT_SECONDS_MAX));
        long number = claims++;
        parked.put(number, claim);
        var unused = claim.whenComplete((claimed, failure) -> {
            parked.remove(number);
            settle(standing, asked, claimed, failure);
        });
        if (stopped) {
            claim.cancel(true);
        }
    }

    private void settle(Registered standing, int asked, @Nullable Claimed claimed, @Nullable Throwable failure) {
        if (stopped) {
            // The broker gets back whatever it assigned meanwhile by the release that says this node is leaving.
            return;
        }
        if (claimed == null) {
            IOException cause = client.readable(failure);
            session.heed(standing, cause);
            retryLater(asked, cause);
            return;
        }
        synchronized (backoff) {
            backoff.reset();
        }
        claimed.jobs().forEach(start);
        slots.giveBack(asked - claimed.jobs().size());
    }

    /** Gives the places back after a pause, which is what makes the loop try again. */
    private void retryLater(int places, IOException cause) {
        Duration pause;
        synchronized (backoff) {
            pause = backoff.next();
        }
        if (!Dismissal.isFinal(cause)) {
            log.warn("{} Trying again in {} ms.", cause.getMessage(), pause.toMillis());
        }
        CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> slots.giveBack(places));
    }
}
