package io.sandrun.benchmarks.faults;

import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.NodeMessages.AttemptReport;
import io.sandrun.protocol.NodeMessages.Claim;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.NodeMessages.Heartbeat;
import io.sandrun.protocol.NodeMessages.HeartbeatAnswer;
import io.sandrun.protocol.NodeMessages.HeldLease;
import io.sandrun.protocol.NodeMessages.Register;
import io.sandrun.protocol.NodeMessages.Release;
import io.sandrun.protocol.NodeMessages.Renew;
import io.sandrun.protocol.NodeMessages.Usage;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.OutputReport;
import io.sandrun.protocol.identity.AttemptAccount;
import io.sandrun.protocol.identity.AttemptAccount.Course;
import io.sandrun.protocol.identity.AttemptAccount.NodeClock;
import io.sandrun.protocol.identity.AttemptAccount.Task;
import io.sandrun.protocol.identity.Digest;
import io.sandrun.protocol.identity.NodeCredentials;
import io.sandrun.protocol.identity.NodeKey;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A node that runs nothing and says what it is told to say, noting every answer. For one thread. */
final class ScriptedNode {
    /** One key for each name, so that who registers again is who it was. */
    private static final Map<String, NodeKey> KEYS = new ConcurrentHashMap<>();

    private static final int SLOTS = 4;

    /** Above what the client itself allows a parked call. */
    private static final long CALL_TIMEOUT_SECONDS = 90;

    private final NodeKey key;
    private final BrokerClient client;
    private final Ledger ledger;
    private final String name;
    private String id = "";

    /** @param clock by which it signs */
    ScriptedNode(URI broker, Clock clock, Ledger ledger, String name) {
        this.key = KEYS.computeIfAbsent(name, unknown -> NodeKey.generate());
        this.client = new BrokerClient(BrokerAddress.of(broker), new NodeCredentials(key, clock));
        this.ledger = ledger;
        this.name = name;
    }

    String id() {
        return id;
    }

    void register(List<String> heldLeases) throws IOException {
        Capabilities offers = new Capabilities(
                List.of("bash"),
                Map.of(),
                List.of(),
                2,
                4096,
                List.of(),
                SLOTS,
                Map.of(),
                List.of(),
                List.of(),
                "scripted");
        id = client.register(new Register("", key.workerId(), name, offers, heldLeases))
                .nodeId();
    }

    @FunctionalInterface
    private interface Call<T> {
        T send() throws IOException;
    }

    /** Sends it again in a new session where the present one is over; no lease is given up by that. */
    private <T> T inSession(Call<T> call) throws IOException {
        try {
            return call.send();
        } catch (BrokerException answered) {
            if (!answered.is(ErrorCode.SESSION_EXPIRED)) {
                throw answered;
            }
            client.renew(new Renew(id));
            return call.send();
        }
    }

    List<ClaimedJob> claim(int slots, double waitSeconds) throws IOException {
        List<ClaimedJob> jobs = inSession(() -> await(client.claim(new Claim(id, slots, waitSeconds))))
                .jobs();
        jobs.forEach(job -> ledger.claimed(id, job));
        return jobs;
    }

    HeartbeatAnswer heartbeat(List<ClaimedJob> held, boolean started) throws IOException {
        List<HeldLease> leases =
                held.stream().map(job -> new HeldLease(job.leaseId(), started)).toList();
        return inSession(() -> await(client.heartbeat(new Heartbeat(id, leases, 0))));
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

    /** Sends a report and leaves its answer to the caller. */
    void say(ClaimedJob job, Outcome outcome) throws IOException {
        inSession(() -> {
            client.complete(reportOn(job, outcome));
            return outcome;
        });
    }

    void release(List<ClaimedJob> jobs) throws IOException {
        inSession(() -> {
            client.release(
                    new Release(id, jobs.stream().map(ClaimedJob::leaseId).toList(), false));
            return jobs;
        });
    }

    private Complete reportOn(ClaimedJob job, Outcome outcome) {
        String output = outcome.isNodeFault() ? "" : job.id() + " " + job.leaseId();
        AttemptReport attempt = new AttemptReport(
                outcome,
                outcome == Outcome.OK ? "" : "Scripted.",
                null,
                null,
                null,
                output.length(),
                0,
                usage(),
                null,
                null,
                OutputReport.NOTHING,
                null);
        int exitCode = outcome == Outcome.OK ? 0 : 1;
        Complete report =
                new Complete(id, job.id(), output, "", exitCode, job.leaseId(), attempt, null, account(job, output));
        return report.signed(key);
    }

    private static AttemptAccount account(ClaimedJob job, String output) {
        Course course = new Course(null, new NodeClock(0, null, null), Digest.ofText(output), Digest.OF_NOTHING);
        return new AttemptAccount(Task.of(job), course, null);
    }

    private static Usage usage() {
        return new Usage(0.01, 1_000_000, 10);
    }

    private <T> T await(CompletableFuture<T> answer) throws IOException {
        try {
            return answer.get(CALL_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw client.readable(failed.getCause());
        } catch (TimeoutException | InterruptedException gone) {
            answer.cancel(true);
            throw new IOException("gave up waiting for an answer", gone);
        }
    }
}
