package io.sandrun.benchmarks;

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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What a node with a key says to its broker; runs nothing. Renews its session when that is over. For one thread. */
public final class SignedNode {
    /** Above what the client itself allows a parked call. */
    private static final long CALL_TIMEOUT_SECONDS = 90;

    private final NodeKey key;
    private final BrokerClient client;
    private String id = "";

    /** @param clock by which it signs */
    public SignedNode(URI broker, NodeKey key, Clock clock) {
        this.key = key;
        this.client = new BrokerClient(BrokerAddress.of(broker), new NodeCredentials(key, clock));
    }

    /** What the broker calls it; empty before the first registration. */
    public String id() {
        return id;
    }

    public void register(String name, List<String> interpreters, int slots, List<String> heldLeases)
            throws IOException {
        Capabilities offers = Capabilities.of(interpreters, 2, 4096, slots);
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

    public List<ClaimedJob> claim(int slots, double waitSeconds) throws IOException {
        return inSession(() -> await(client.claim(new Claim(id, slots, waitSeconds))))
                .jobs();
    }

    public HeartbeatAnswer heartbeat(List<ClaimedJob> held, boolean started) throws IOException {
        List<HeldLease> leases =
                held.stream().map(job -> new HeldLease(job.leaseId(), started)).toList();
        return inSession(() -> await(client.heartbeat(new Heartbeat(id, leases, 0))));
    }

    /** Reports an attempt, with all signatures that a report carries. */
    public void complete(ClaimedJob job, Outcome outcome, String reason, String output, int exitCode)
            throws IOException {
        Complete report = report(job, outcome, reason, output, exitCode);
        inSession(() -> {
            client.complete(report);
            return report;
        });
    }

    /** Reports a program that ended well, and claims the job that is to follow. */
    public Optional<ClaimedJob> completeAndClaim(ClaimedJob job, String output) throws IOException {
        Complete report = report(job, Outcome.OK, "", output, 0);
        return inSession(() -> client.completeAndClaim(report));
    }

    private Complete report(ClaimedJob job, Outcome outcome, String reason, String output, int exitCode) {
        AttemptReport attempt = AttemptReport.of(
                outcome, reason, output.length(), new Usage(0.01, 1_000_000, 10), OutputReport.NOTHING);
        Course course = new Course(null, new NodeClock(0, null, null), Digest.ofText(output), Digest.OF_NOTHING);
        AttemptAccount account = new AttemptAccount(Task.of(job), course, null);
        return new Complete(id, job.id(), output, "", exitCode, job.leaseId(), attempt, null, account).signed(key);
    }

    public void release(List<ClaimedJob> jobs) throws IOException {
        inSession(() -> {
            client.release(
                    new Release(id, jobs.stream().map(ClaimedJob::leaseId).toList(), false));
            return jobs;
        });
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
