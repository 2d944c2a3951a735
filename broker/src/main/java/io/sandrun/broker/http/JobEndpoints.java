package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.access.Principal;
import io.sandrun.broker.job.JobLifecycle;
import io.sandrun.broker.job.JobReceipts;
import io.sandrun.broker.job.JobResults;
import io.sandrun.broker.job.JobStatuses;
import io.sandrun.broker.job.Waiters;
import io.sandrun.broker.store.JobRow;
import io.sandrun.protocol.ErrorCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** What clients call about jobs that are there. */
final class JobEndpoints {
    private final JobLifecycle lifecycle;
    private final JobStatuses statuses;
    private final JobResults results;
    private final JobReceipts receipts;
    private final Waiters waiters;
    private final AccessCheck access;
    private final Executor blocking;

    /** @param blocking runs what reads the store after a commit, which the writer's thread must not do */
    JobEndpoints(Rooms.Jobs jobs, JobReceipts receipts, AccessCheck access, Executor blocking) {
        this.access = access;
        this.lifecycle = jobs.lifecycle();
        this.statuses = jobs.statuses();
        this.results = jobs.results();
        this.receipts = receipts;
        this.waiters = jobs.waiters();
        this.blocking = blocking;
    }

    CompletableFuture<Answer> status(Context request) {
        return status(request.pathParam("id"), RequestReader.waitMs(request, 0));
    }

    CompletableFuture<Answer> status(String jobId, long waitMs) {
        return ended(jobId, waitMs, job -> Answer.ok(statuses.of(job)), JobEndpoints::unread);
    }

    CompletableFuture<Answer> results(Context request) {
        return result(request.pathParam("id"), RequestReader.waitMs(request, 0));
    }

    /** The result of a job, waited for; one that is in memory spares the store. */
    CompletableFuture<Answer> result(String jobId, long waitMs) {
        return inMemory(jobId)
                .map(CompletableFuture::completedFuture)
                .orElseGet(() -> ended(jobId, waitMs, this::result, this::inMemory));
    }

    private Optional<Answer> inMemory(String jobId) {
        return results.fresh(jobId).map(Answer::ok);
    }

    CompletableFuture<Answer> receipt(Context request) {
        return ended(
                request.pathParam("id"),
                RequestReader.waitMs(request, 0),
                job -> whenShown(job, shown -> Answer.ok(receipts.of(shown))),
                JobEndpoints::unread);
    }

    CompletableFuture<Answer> cancel(Context request) {
        return cancel(request.pathParam("id"), AccessCheck.principal(request));
    }

    CompletableFuture<Answer> cancel(String jobId, Principal caller) {
        return lifecycle.cancel(jobId).thenApply(job -> {
            access.did("job_cancelled", caller, Map.of("job_id", job.id()));
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("job_id", job.id());
            body.put("status", job.status());
            body.put("state", job.state());
            body.put("cancel_requested", true);
            return Answer.ok(body);
        });
    }

    /** For an answer that has to be read from the store. */
    private static Optional<Answer> unread(String jobId) {
        return Optional.empty();
    }

    /**
     * Looks at a job when it has its outcome or the time is up.
     *
     * @param inMemory an answer for which the store need not be read, nor a thread be found that may: whoever waits for
     *     a result has it sooner
     */
    private CompletableFuture<Answer> ended(
            String jobId, long waitMs, Function<JobRow, Answer> look, Function<String, Optional<Answer>> inMemory) {
        JobRow now = statuses.require(jobId);
        if (now.state().isFinal() || waitMs == 0) {
            return CompletableFuture.completedFuture(look.apply(now));
        }
        CompletableFuture<Void> wait = waiters.park(jobId, waitMs);
        if (statuses.require(jobId).state().isFinal()) {
            waiters.wake(jobId);
        }
        return wait.thenCompose(woken -> inMemory.apply(jobId)
                .map(CompletableFuture::completedFuture)
                .orElseGet(() -> CompletableFuture.supplyAsync(() -> look.apply(statuses.require(jobId)), blocking)));
    }

    private Answer result(JobRow job) {
        return whenShown(job, shown -> Answer.ok(results.of(shown)));
    }

    /** Answers what a job that has its outcome came to; of a copy, only when that may be seen. */
    private Answer whenShown(JobRow job, Function<JobRow, Answer> answer) {
        if (job.state().isFinal()) {
            return answer.apply(job.copyOf() == null ? job : statuses.requireShown(job.id()));
        }
        return Answer.of(new Refusal(
                ErrorCode.NOT_FINISHED,
                "The job is " + job.state().wire() + ": it has no result yet.",
                Map.of("job_id", job.id(), "state", job.state().wire(), "status", job.status())));
    }
}
