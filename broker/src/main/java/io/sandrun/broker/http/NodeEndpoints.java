package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.claim.ClaimDesk;
import io.sandrun.broker.claim.Heartbeats;
import io.sandrun.broker.claim.Membership;
import io.sandrun.broker.job.JobLifecycle;
import io.sandrun.broker.job.JobLifecycle.Assigned;
import io.sandrun.broker.log.LogDesk;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRequests;
import io.sandrun.broker.node.NodeRequests.Batch;
import io.sandrun.protocol.JobSpec;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.NodeMessages.Claim;
import io.sandrun.protocol.NodeMessages.Claimed;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.NodeMessages.CompleteAnswer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What nodes call. */
final class NodeEndpoints {
    private static final CompleteAnswer RECORDED = new CompleteAnswer("recorded");

    private final Membership membership;
    private final Heartbeats heartbeats;
    private final ClaimDesk desk;
    private final JobLifecycle lifecycle;
    private final LogDesk logs;

    NodeEndpoints(Membership membership, Heartbeats heartbeats, ClaimDesk desk, JobLifecycle lifecycle, LogDesk logs) {
        this.membership = membership;
        this.heartbeats = heartbeats;
        this.desk = desk;
        this.lifecycle = lifecycle;
        this.logs = logs;
    }

    CompletableFuture<Answer> register(Context request) {
        return membership
                .register(NodeRequests.registration(RequestReader.json(request)))
                .thenApply(Answer::ok);
    }

    CompletableFuture<Answer> heartbeat(Context request) {
        return heartbeats
                .heartbeat(NodeRequests.beat(RequestReader.json(request)))
                .thenApply(Answer::ok);
    }

    CompletableFuture<Answer> claim(Context request) {
        Claim claim = NodeRequests.claim(RequestReader.json(request));
        return desk.claim(membership.seen(claim.nodeId()), claim.slots(), Math.round(claim.waitSeconds() * 1000))
                .thenApply(assigned -> Answer.later(() -> claimed(assigned)));
    }

    CompletableFuture<Answer> complete(Context request) {
        Complete report = NodeRequests.complete(RequestReader.json(request));
        membership.seen(report.nodeId());
        logs.requireWhole(report);
        return lifecycle.complete(report).thenApply(recorded -> Answer.ok(RECORDED));
    }

    /** Each report is answered for itself, so that a bad one does not hold up a node's batch for ever. */
    CompletableFuture<Answer> completeBatch(Context request) {
        Batch batch = NodeRequests.batch(RequestReader.json(request));
        membership.seen(batch.nodeId());
        ReportBatch reports = new ReportBatch(batch, logs);
        List<CompletableFuture<Void>> recorded = lifecycle.complete(reports.readable());
        return CompletableFuture.allOf(recorded.toArray(CompletableFuture[]::new))
                .handle((all, someFailed) -> Answer.ok(reports.answer(recorded)));
    }

    CompletableFuture<Answer> release(Context request) {
        return membership
                .release(NodeRequests.release(RequestReader.json(request)))
                .thenApply(Answer::ok);
    }

    CompletableFuture<Answer> drain(Context request) {
        return membership.drain(request.pathParam("id")).thenApply(NodeEndpoints::serviceOf);
    }

    CompletableFuture<Answer> undrain(Context request) {
        return membership.undrain(request.pathParam("id")).thenApply(NodeEndpoints::serviceOf);
    }

    private static Answer serviceOf(Node node) {
        return Answer.ok(Map.of("node_id", node.id(), "drained", node.isDrained()));
    }

    private static Claimed claimed(List<Assigned> assigned) {
        List<ClaimedJob> jobs = assigned.stream().map(NodeEndpoints::claimedJob).toList();
        return new Claimed(jobs.isEmpty() ? null : jobs.get(0), jobs);
    }

    private static ClaimedJob claimedJob(Assigned assigned) {
        JobSpec spec = Json.read(assigned.spec(), JobSpec.class);
        return new ClaimedJob(
                assigned.job().id(),
                assigned.lease().leaseId(),
                assigned.job().attempt(),
                spec.code(),
                spec.interpreter(),
                spec.args(),
                spec.env(),
                spec.stdin(),
                spec.limits(),
                spec.needs().environment(),
                spec.files());
    }
}
