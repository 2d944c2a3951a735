package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.access.Principal;
import io.sandrun.broker.access.Quotas;
import io.sandrun.broker.artifact.Hold;
import io.sandrun.broker.http.flow.Peer;
import io.sandrun.broker.http.flow.StreamedBody;
import io.sandrun.broker.http.flow.Transfers;
import io.sandrun.broker.http.flow.Transfers.Kind;
import io.sandrun.broker.job.JobIntake;
import io.sandrun.broker.job.JobIntake.Submitted;
import io.sandrun.broker.job.JobIntake.Submitter;
import io.sandrun.broker.job.JobRequest;
import io.sandrun.broker.job.JobSubmission;
import io.sandrun.broker.project.PartSink;
import io.sandrun.broker.project.ProjectIntake;
import io.sandrun.broker.project.ProjectIntake.Project;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What clients call to have something run. */
final class SubmitEndpoints {
    /** How much longer than its own time limit {@code /run} waits for a job, seconds: for its turn in the queue. */
    private static final double RUN_QUEUE_SECONDS = 60;

    private final JobSubmission submission;
    private final ProjectIntake projects;
    private final JobIntake intake;
    private final JobEndpoints jobs;
    private final AccessCheck access;
    private final Quotas quotas;
    private final Executor blocking;
    private final Transfers transfers;
    private final KeysInUse keys;

    /** @param blocking runs what reads the store after a commit, which the writer's thread must not do */
    SubmitEndpoints(
            Rooms.Jobs rooms,
            JobEndpoints jobs,
            AccessCheck access,
            Quotas quotas,
            Executor blocking,
            Transfers transfers) {
        this.access = access;
        this.quotas = quotas;
        this.submission = rooms.submission();
        this.projects = rooms.projects();
        this.intake = rooms.intake();
        this.jobs = jobs;
        this.blocking = blocking;
        this.transfers = transfers;
        this.keys = new KeysInUse(blocking);
    }

    CompletableFuture<Answer> submit(Context request) {
        Sender sender = Sender.of(request);
        return read(request)
                .thenCompose(read -> accept(sender, List.of(read.job()), read.files()))
                .thenApply(submitted -> Answer.ok(accepted(submitted.get(0))));
    }

    /** Likewise of a project whose parts are at hand. */
    CompletableFuture<Answer> submit(Principal caller, Peer peer, Consumer<PartSink> parts) {
        return transfers
                .run(Kind.PROJECT, peer, () -> projects.receive(parts))
                .thenCompose(read -> accept(new Sender(caller, null), List.of(read.job()), read.files()))
                .thenApply(submitted -> Answer.ok(accepted(submitted.get(0))));
    }

    /**
     * A job that was submitted before.
     *
     * @param files holds those with which it begins; asked when the request is known to be good
     */
    CompletableFuture<Answer> submitAgain(Context request, JobRequest job, Supplier<Hold> files) {
        return accept(Sender.of(request), List.of(job), files.get())
                .thenApply(submitted -> Answer.ok(accepted(submitted.get(0))));
    }

    /** Who submits, and what the caller calls this request. */
    private record Sender(Principal caller, @Nullable String key) {
        static Sender of(Context request) {
            return new Sender(AccessCheck.principal(request), IdempotencyKey.given(request));
        }
    }

    CompletableFuture<Answer> submitBatch(Context request) {
        List<JobRequest> batch = submission.readBatch(RequestReader.json(request));
        return accept(Sender.of(request), batch, Hold.ofNothing())
                .thenApply(submitted -> Answer.ok(Map.of(
                        "jobs",
                        submitted.stream().map(SubmitEndpoints::accepted).toList())));
    }

    CompletableFuture<Answer> run(Context request) {
        Sender sender = Sender.of(request);
        RequestReader.waitMs(request, 0);
        return read(request).thenCompose(read -> {
            double jobSeconds = read.job().spec().limits().timeout();
            double untilDone = Math.min(jobSeconds + RUN_QUEUE_SECONDS, Limits.WAIT_SECONDS_MAX);
            long waitMs = RequestReader.waitMs(request, untilDone);
            return accept(sender, List.of(read.job()), read.files())
                    .thenComposeAsync(submitted -> jobs.result(submitted.get(0).jobId(), waitMs), blocking);
        });
    }

    /** A project as a form, or a snippet as JSON. */
    private CompletableFuture<Project> read(Context request) {
        if (!MultipartBody.isSent(request)) {
            return CompletableFuture.completedFuture(
                    new Project(submission.read(RequestReader.json(request)), Hold.ofNothing()));
        }
        StreamedBody body = new StreamedBody(request);
        return body.taken(() -> transfers.run(
                Kind.PROJECT, request, () -> projects.receive(parts -> MultipartBody.read(request, body, parts))));
    }

    private CompletableFuture<List<Submitted>> accept(Sender sender, List<JobRequest> wanted, Hold files) {
        return keys.inTurn(sender.caller().client(), sender.key(), () -> acceptNow(sender, wanted, files));
    }

    /** What was read took its time, in which the caller's key may have ended; and its quota may have no room. */
    private CompletableFuture<List<Submitted>> acceptNow(Sender sender, List<JobRequest> wanted, Hold files) {
        Principal caller = sender.caller();
        Submitter submitter;
        try {
            access.requireLive(caller);
            submitter = new Submitter(caller.client(), sender.key(), quotas.take(caller, wanted));
        } catch (Refusal refused) {
            files.close();
            if (refused.code() == ErrorCode.QUOTA_EXCEEDED) {
                // What was accepted before needs no place.
                Optional<List<Submitted>> repeated = intake.repeated(wanted, caller.client(), sender.key());
                if (repeated.isPresent()) {
                    return CompletableFuture.completedFuture(repeated.get());
                }
            }
            access.refused(refused, caller.client());
            throw refused;
        }
        return intake.submit(wanted, submitter, files).thenApply(submitted -> {
            // Those on this machine before there are keys are nobody in particular.
            if (submitter.places() != JobIntake.Places.UNCOUNTED) {
                String first = submitted.get(0).jobId();
                access.did("jobs_submitted", caller, Map.of("job_id", first, "count", submitted.size()));
            }
            return submitted;
        });
    }

    private static Map<String, Object> accepted(Submitted submitted) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("job_id", submitted.jobId());
        body.put("status", submitted.status());
        body.put("state", submitted.state());
        body.put("position", submitted.position());
        if (submitted.cachedFrom() != null) {
            body.put("cached", true);
            body.put("cached_from", submitted.cachedFrom());
        }
        return body;
    }
}
