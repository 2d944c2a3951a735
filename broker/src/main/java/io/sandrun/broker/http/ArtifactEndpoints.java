package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.artifact.LeasedArtifacts;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;

/** What nodes call to move the files of their jobs, each under the lease of its attempt, which must be theirs. */
final class ArtifactEndpoints {
    private static final String LEASE = "lease";
    private static final String SHA256 = "sha256";

    /** What is read of a refused body; one that is announced as longer is cut off. */
    private static final long DRAINED_BYTES = 32L << 20;

    private final NodeCallers callers;
    private final LeasedArtifacts artifacts;
    private final FileSender sender;

    ArtifactEndpoints(NodeCallers callers, LeasedArtifacts artifacts, FileSender sender) {
        this.callers = callers;
        this.artifacts = artifacts;
        this.sender = sender;
    }

    void fetch(Context request) {
        sender.sendWhole(request, artifacts.input(ownLease(request), request.pathParam(SHA256)));
    }

    /** The body is asked for when it may come: a node that waits for "100 Continue" sends nothing in vain. */
    CompletableFuture<Answer> bring(Context request) {
        long announcedBytes = request.req().getContentLengthLong();
        try {
            return artifacts
                    .receive(ownLease(request), request.pathParam(SHA256), announcedBytes, request::bodyInputStream)
                    .thenApply(Answer::ok);
        } catch (Refusal refusal) {
            if (announcedBytes <= DRAINED_BYTES && request.header("Expect") == null) {
                drain(request);
            }
            throw refusal;
        }
    }

    /** Whoever sends before it listens hears the refusal only when it may send to the end. */
    private static void drain(Context request) {
        try (InputStream body = request.bodyInputStream()) {
            body.skipNBytes(DRAINED_BYTES);
        } catch (IOException ended) {
            // As it should.
        }
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
