package io.sandrun.broker.http.flow;

import java.util.HashMap;
import java.util.Map;

/**
 * Something of which there is so much in all, and so much for one address. Only the whole bounds this machine's own
 * clients: a proxy, many nodes or many users may be behind its address. Thread-safe.
 */
final class Shares {
    private final long most;
    private final long mostOfOne;
    private final Map<String, Long> byAddress = new HashMap<>();
    private long taken;

    Shares(long most, long mostOfOne) {
        this.most = most;
        this.mostOfOne = mostOfOne;
    }

    long most() {
        return most;
    }

    long mostOfOne() {
        return mostOfOne;
    }

    synchronized long taken() {
        return taken;
    }

    /** Takes so much, or nothing: then it answers false. */
    synchronized boolean take(Peer peer, long amount) {
        long own = byAddress.getOrDefault(peer.address(), 0L) + amount;
        if (taken + amount > most || (own > mostOfOne && !peer.isLocal())) {
            return false;
        }
        taken += amount;
        byAddress.put(peer.address(), own);
        return true;
    }

    /** Gives back what was taken. */
    synchronized void give(Peer peer, long amount) {
        taken -= amount;
        byAddress.computeIfPresent(peer.address(), (address, own) -> own == amount ? null : own - amount);
    }
}
