package io.sandrun.node;

import io.sandrun.node.attempt.HeldAttempt;
import io.sandrun.protocol.NodeMessages.HeldLease;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every lease that this node holds: attempts that run, and reports that the broker has not acknowledged. A heartbeat
 * names exactly these. Thread-safe.
 */
final class HeldLeases {
    private static final Logger log = LoggerFactory.getLogger(HeldLeases.class);

    private final Map<String, HeldAttempt> running = new ConcurrentHashMap<>();
    private final Set<String> reporting = ConcurrentHashMap.newKeySet();

    void hold(HeldAttempt attempt) {
        running.put(attempt.job().leaseId(), attempt);
    }

    /** The attempt has ended; its lease is held until the report is acknowledged. */
    void awaitAcknowledgement(String leaseId) {
        reporting.add(leaseId);
        running.remove(leaseId);
    }

    void drop(String leaseId) {
        running.remove(leaseId);
        reporting.remove(leaseId);
    }

    /** The broker has taken a lease away: its job is stopped. */
    void lose(String leaseId) {
        HeldAttempt attempt = running.get(leaseId);
        if (attempt == null) {
            // Its report arrived between a heartbeat's list and the broker's look at it, or was refused.
            drop(leaseId);
            return;
        }
        log.warn(
                "The broker took the lease on job {} away: it is stopped",
                attempt.job().id());
        attempt.lose();
    }

    /** Likewise all that are there, of which nobody will tell us one by one. */
    void loseAll() {
        ids().forEach(this::lose);
    }

    Optional<HeldAttempt> attempt(String leaseId) {
        return Optional.ofNullable(running.get(leaseId));
    }

    /** Whether the lease is still this node's, as far as it has heard. */
    boolean isHeld(String leaseId) {
        return running.containsKey(leaseId) || reporting.contains(leaseId);
    }

    List<HeldAttempt> running() {
        return List.copyOf(running.values());
    }

    List<HeldLease> snapshot() {
        var started = reporting.stream().map(leaseId -> new HeldLease(leaseId, true));
        var attempts = running.values().stream()
                .filter(attempt -> !attempt.isLost())
                .map(attempt -> new HeldLease(attempt.job().leaseId(), attempt.isStarted()));
        return Stream.concat(started, attempts).toList();
    }

    List<String> ids() {
        return snapshot().stream().map(HeldLease::leaseId).toList();
    }
}
