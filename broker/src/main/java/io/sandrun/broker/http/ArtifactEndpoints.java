package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.artifact.Artifact;
import io.sandrun.broker.artifact.LeasedArtifacts;
import io.sandrun.broker.http.flow.StreamedBody;
import io.sandrun.broker.http.flow.Transfers;
import io.sandrun.broker.http.flow.Transfers.Kind;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** What nodes call to move the files of their jobs, each under the lease of its attempt, which must be theirs. */
final class ArtifactEndpoints {
    private static final String LEASE = "lease";
    private static final String SHA256 = "sha256";

    private final NodeCallers callers;
    private final LeasedArtifacts artifacts;
    private final FileSender sender;
    private final Transfers transfers;

    ArtifactEndpoints(NodeCallers callers, LeasedArtifacts artifacts, FileSender sender, Transfers transfers) {
        this.callers = callers;
        this.artifacts = artifacts;
        this.sender = sender;
        this.transfers = transfers;
    }

    void fetch(Context request) {
        sender.sendWhole(request, artifacts.input(ownLease(request), request.pathParam(SHA256)));
    }

    /** The body is asked for when it may come: a node that waits for "100 Continue" sends nothing in vain. */
    CompletableFuture<Answer> bring(Context request) {
        StreamedBody body = new StreamedBody(request);
        return body.taken(() -> bring(request, body)).thenApply(Answer::ok);
    }

    private CompletableFuture<Artifact> bring(Context request, StreamedBody body) {
        String leaseId = ownLease(request);
        String sha256 = request.pathParam(SHA256);
        Supplier<InputStream> opened = () -> body.open(Long.MAX_VALUE);
        // The thread that has taken it in waits for the commit, too.
        return transfers.run(
                Kind.OUTPUT,
                request,
                () -> artifacts
                        .receive(leaseId, sha256, body.announcedBytes(), opened)
                        .join());
    }

    /** The lease in the name of which the request comes, if it comes from the node that holds it. */
    private String ownLease(Context request) {
        String leaseId = leaseId(request);
        callers.admit(request, artifacts.holder(leaseId));
        return leaseId;
    }

    private static String leaseId(Context request) {
        String leaseId = request.queryParam(LEASE);
        if (leaseId == null || leaseId.isEmpty()) {
            throw Refusal.missingField(LEASE, "the id of the lease under which the file is moved");
        }
        return leaseId;
    }
}
