package io.sandrun.node;

import io.sandrun.node.attempt.HeldAttempt;
import io.sandrun.node.policy.OwnerPolicy;
import io.sandrun.node.policy.PolicyLoop;
import io.sandrun.node.policy.Ruling;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the owner of this machine wants. A node that closes claims nothing, and its broker, told so, answers the
 * claims that wait there with nothing; a job that was on its way is given back. One that opens tells the broker before
 * its first claim. Thread-safe.
 */
final class OwnersWill implements PolicyLoop.Heed {
    private static final Logger log = LoggerFactory.getLogger(OwnersWill.class);

    private final NodeOffer offer;
    private final BrokerSession session;
    private final HeldLeases leases;
    private final HeartbeatLoop heartbeats;
    private final GiveBack giveBack;
    private OwnerPolicy policy;
    private boolean isOpen;

    /** @param ruling that holds when the node begins, by which the offer is made already */
    OwnersWill(
            NodeOffer offer,
            BrokerSession session,
            HeldLeases leases,
            HeartbeatLoop heartbeats,
            GiveBack giveBack,
            Ruling ruling) {
        this.offer = offer;
        this.session = session;
        this.leases = leases;
        this.heartbeats = heartbeats;
        this.giveBack = giveBack;
        this.policy = ruling.policy();
        this.isOpen = ruling.isOpen();
    }

    /** Whether the node takes work. */
    synchronized boolean isOpen() {
        return isOpen;
    }

    /** Whether it takes this job: one may have been on its way when the policy changed. */
    synchronized boolean takes(ClaimedJob job) {
        return isOpen && policy.allows(job);
    }

    /** Until it does, or the thread is told to stop. */
    synchronized void awaitOpen() throws InterruptedException {
        while (!isOpen) {
            wait();
        }
    }

    /** It opens only when its broker has been told. */
    private synchronized void heed(Ruling now) {
        policy = now.policy();
        isOpen &= now.isOpen();
    }

    private synchronized void open() {
        isOpen = true;
        notifyAll();
    }

    @Override
    public void changed(Ruling now) {
        heed(now);
        offer.under(now);
        offerChanged();
        if (now.isOpen()) {
            open();
        } else {
            offer.letGo();
        }
    }

    /** Tells the broker what the node offers now. */
    void offerChanged() {
        synchronized (offer) {
            session.offer(offer.capabilities());
        }
        heartbeats.nudge();
    }

    @Override
    public void giveBack() {
        List<HeldAttempt> running = leases.running();
        if (!running.isEmpty()) {
            log.info("{} jobs are given back", running.size());
            giveBack.all(running);
        }
    }
}
