package io.sandrun.benchmarks.faults;

import io.sandrun.benchmarks.SignedNode;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.HeartbeatAnswer;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.identity.NodeKey;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A node that runs nothing and says what it is told to say, noting every answer. For one thread. */
final class ScriptedNode {
    /** One key for each name, so that who registers again is who it was. */
    private static final Map<String, NodeKey> KEYS = new ConcurrentHashMap<>();

    private static final int SLOTS = 4;

    private final SignedNode node;
    private final Ledger ledger;
    private final String name;

    /** @param clock by which it signs */
    ScriptedNode(URI broker, Clock clock, Ledger ledger, String name) {
        this.node = new SignedNode(broker, KEYS.computeIfAbsent(name, unknown -> NodeKey.generate()), clock);
        this.ledger = ledger;
        this.name = name;
    }

    String id() {
        return node.id();
    }

    void register(List<String> heldLeases) throws IOException {
        node.register(name, List.of("bash"), SLOTS, heldLeases);
    }

    List<ClaimedJob> claim(int slots, double waitSeconds) throws IOException {
        List<ClaimedJob> jobs = node.claim(slots, waitSeconds);
        jobs.forEach(job -> ledger.claimed(id(), job));
        return jobs;
    }

    HeartbeatAnswer heartbeat(List<ClaimedJob> held, boolean started) throws IOException {
        return node.heartbeat(held, started);
    }

    /** Answers whether the report was recorded, now or earlier; false if the lease is stale. */
    boolean report(ClaimedJob job, Outcome outcome) throws IOException {
        boolean isProgramsEnd = !outcome.isNodeFault();
        try {
            say(job, outcome);
        } catch (BrokerException answered) {
            if (!answered.is(ErrorCode.STALE_LEASE)) {
                throw answered;
            }
            if (isProgramsEnd) {
                ledger.refused(job.leaseId());
            }
            return false;
        }
        if (isProgramsEnd && outcome != Outcome.CANCELLED) {
            ledger.recorded(job.leaseId());
        }
        return true;
    }

    /** Reports a program that ended well, and claims what is to follow: none where none waits or the lease is stale. */
    Optional<ClaimedJob> reportAndClaim(ClaimedJob job) throws IOException {
        Optional<ClaimedJob> next;
        try {
            next = node.completeAndClaim(job, output(job));
        } catch (BrokerException answered) {
            if (!answered.is(ErrorCode.STALE_LEASE)) {
                throw answered;
            }
            ledger.refused(job.leaseId());
            return Optional.empty();
        }
        ledger.recorded(job.leaseId());
        next.ifPresent(claimed -> ledger.brought(id(), claimed));
        return next;
    }

    private static String output(ClaimedJob job) {
        return job.id() + " " + job.leaseId();
    }

    /** Sends a report and leaves its answer to the caller. */
    void say(ClaimedJob job, Outcome outcome) throws IOException {
        String output = outcome.isNodeFault() ? "" : output(job);
        node.complete(job, outcome, outcome == Outcome.OK ? "" : "Scripted.", output, outcome == Outcome.OK ? 0 : 1);
    }

    void release(List<ClaimedJob> jobs) throws IOException {
        node.release(jobs);
    }
}
