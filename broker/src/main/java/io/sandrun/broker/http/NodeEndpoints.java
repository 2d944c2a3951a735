package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.claim.ClaimDesk;
import io.sandrun.broker.claim.Heartbeats;
import io.sandrun.broker.claim.Membership;
import io.sandrun.broker.http.NodeCallers.Said;
import io.sandrun.broker.job.AttemptEnd;
import io.sandrun.broker.job.JobLifecycle;
import io.sandrun.broker.job.JobLifecycle.Assigned;
import io.sandrun.broker.log.LogDesk;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.Node.Origin;
import io.sandrun.broker.node.NodeRequests;
import io.sandrun.broker.node.NodeRequests.Batch;
import io.sandrun.broker.node.NodeRequests.Beat;
import io.sandrun.broker.node.NodeRequests.Registration;
import io.sandrun.broker.trust.VouchedReports;
import io.sandrun.protocol.NodeMessages.Claim;
import io.sandrun.protocol.NodeMessages.Claimed;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.NodeMessages.CompleteAnswer;
import io.sandrun.protocol.NodeMessages.Registered;
import io.sandrun.protocol.NodeMessages.Release;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** What nodes call. */
final class NodeEndpoints {
    private static final CompleteAnswer RECORDED = CompleteAnswer.recorded(null);

    private final NodeCallers callers;
    private final Membership membership;
    private final Heartbeats heartbeats;
    private final ClaimDesk desk;
    private final JobLifecycle lifecycle;
    private final LogDesk logs;
    private final VouchedReports vouched;

    NodeEndpoints(
            NodeCallers callers,
            Membership membership,
            Heartbeats heartbeats,
            ClaimDesk desk,
            JobLifecycle lifecycle,
            LogDesk logs,
            VouchedReports vouched) {
        this.callers = callers;
        this.membership = membership;
        this.heartbeats = heartbeats;
        this.desk = desk;
        this.lifecycle = lifecycle;
        this.logs = logs;
        this.vouched = vouched;
    }

    CompletableFuture<Answer> register(Context request) {
        Said said = callers.read(request);
        Registration registration = NodeRequests.registration(said.fields());
        Optional<String> sessionKey = NodeRequests.sessionKey(said.fields());
        callers.admitRegistration(request, said, registration.workerId());
        return membership
                .register(
                        registration, new Origin(AccessCheck.principal(request).keyId(), ClientAddress.of(request)))
                .thenApply(standing -> {
                    callers.access().did("node_registered", request, Map.of("node_id", standing.nodeId()));
                    return Answer.ok(callers.gate().entered(standing, sessionKey));
                });
    }

    CompletableFuture<Answer> renew(Context request) {
        Said said = callers.read(request);
        String nodeId = NodeRequests.renewal(said.fields());
        callers.admitRenewal(request, said, nodeId);
        Registered standing = membership.standing(membership.seen(nodeId));
        return CompletableFuture.completedFuture(
                Answer.ok(callers.gate().entered(standing, NodeRequests.sessionKey(said.fields()))));
    }

    CompletableFuture<Answer> heartbeat(Context request) {
        Said said = callers.read(request);
        Beat beat = NodeRequests.beat(said.fields());
        callers.admit(request, said, beat.nodeId());
        return heartbeats.heartbeat(beat).thenApply(Answer::ok);
    }

    CompletableFuture<Answer> claim(Context request) {
        Said said = callers.read(request);
        Claim claim = NodeRequests.claim(said.fields());
        callers.admit(request, said, claim.nodeId());
        return desk.claim(membership.seen(claim.nodeId()), claim.slots(), Math.round(claim.waitSeconds() * 1000))
                .thenApply(assigned -> Answer.later(() -> claimed(assigned)));
    }

    CompletableFuture<Answer> complete(Context request) {
        Said said = callers.read(request);
        Complete report = NodeRequests.complete(said.fields());
        Node node = callers.admit(request, said, report.nodeId());
        membership.seen(report.nodeId());
        OptionalInt next = NodeRequests.nextSlots(said.fields());
        logs.requireWhole(report);
        AttemptEnd end = vouched.end(node, report);
        if (next.isEmpty()) {
            return lifecycle.complete(List.of(end)).get(0).thenApply(recorded -> Answer.ok(RECORDED));
        }
        return desk.report(end, node, next.getAsInt())
                .thenApply(assigned -> Answer.later(() -> CompleteAnswer.recorded(handed(assigned))));
    }

    /** Each report is answered for itself, so that a bad one does not hold up a node's batch for ever. */
    CompletableFuture<Answer> completeBatch(Context request) {
        Said said = callers.read(request);
        Batch batch = NodeRequests.batch(said.fields());
        Node node = callers.admit(request, said, batch.nodeId());
        membership.seen(batch.nodeId());
        OptionalInt next = NodeRequests.nextSlots(said.fields());
        ReportBatch reports = new ReportBatch(node, batch, logs, vouched);
        List<CompletableFuture<Void>> recorded = lifecycle.complete(reports.readable());
        return CompletableFuture.allOf(recorded.toArray(CompletableFuture[]::new))
                .handle((all, someFailed) -> reports.answer(recorded))
                .thenCompose(answer -> next.isEmpty()
                        ? CompletableFuture.completedFuture(Answer.ok(answer))
                        : following(node, next.getAsInt())
                                .thenApply(assigned -> Answer.later(() -> answer.with(handed(assigned)))));
    }

    /** What was recorded is recorded, and said, whatever becomes of the claim. */
    private CompletableFuture<List<Assigned>> following(Node node, int slots) {
        try {
            return desk.claim(node, slots, 0).exceptionally(failure -> List.of());
        } catch (Refusal full) {
            return CompletableFuture.completedFuture(List.of());
        }
    }

    CompletableFuture<Answer> release(Context request) {
        Said said = callers.read(request);
        Release release = NodeRequests.release(said.fields());
        callers.admit(request, said, release.nodeId());
        return membership.release(release).thenApply(Answer::ok);
    }

    CompletableFuture<Answer> drain(Context request) {
        return membership.drain(request.pathParam("id")).thenApply(node -> serviceOf(request, node));
    }

    CompletableFuture<Answer> undrain(Context request) {
        return membership.undrain(request.pathParam("id")).thenApply(node -> serviceOf(request, node));
    }

    private Answer serviceOf(Context request, Node node) {
        callers.access()
                .did(node.isDrained() ? "node_drained" : "node_undrained", request, Map.of("node_id", node.id()));
        return Answer.ok(Map.of("node_id", node.id(), "drained", node.isDrained()));
    }

    private List<ClaimedJob> handed(List<Assigned> assigned) {
        return assigned.stream().map(vouched::handing).toList();
    }

    private Claimed claimed(List<Assigned> assigned) {
        List<ClaimedJob> jobs = handed(assigned);
        return new Claimed(jobs.isEmpty() ? null : jobs.get(0), jobs);
    }
}
