package io.sandrun.benchmarks.faults;

import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Every way in which a job changes, each as what must come before and the one call that does it. */
@SuppressWarnings("ImmutableEnumChecker") // the two functions hold nothing
enum Transition {
    SUBMIT(bench -> "", (bench, none) -> bench.submit()),
    SUBMIT_UNDER_A_KEY(bench -> "", (bench, none) -> bench.submitUnder("k", Map.of())),
    SUBMIT_AGAIN(bench -> bench.submitUnder("k", Map.of()), (bench, job) -> bench.submitUnder("k", Map.of())),
    SUBMIT_CACHED(Transition::completedForOthers, (bench, job) -> submitCached(bench, "k")),
    COME_DUE(Transition::delayed, Transition::comeDue),
    CLAIM(Bench::submit, (bench, job) -> bench.claim()),
    START(Bench::submitAndClaim, (bench, job) -> bench.node.heartbeat(List.of(job), true)),
    COMPLETE(Bench::submitAndClaim, (bench, job) -> report(bench, job, Outcome.OK)),
    FAIL(Bench::submitAndClaim, (bench, job) -> report(bench, job, Outcome.EXIT_NONZERO)),
    RETRY(bench -> retried(bench, 0), (bench, job) -> report(bench, job, Outcome.EXIT_NONZERO)),
    RETRY_LATER(bench -> retried(bench, 1), (bench, job) -> report(bench, job, Outcome.EXIT_NONZERO)),
    REPORT_AGAIN(Transition::completed, (bench, job) -> report(bench, job, Outcome.OK)),
    REPORT_AND_CLAIM(Transition::claimedBeforeAnother, Transition::reportAndClaim),
    FAULT(Bench::submitAndClaim, (bench, job) -> report(bench, job, Outcome.SANDBOX_ERROR)),
    LAST_FAULT(Transition::onItsLastAttempt, (bench, job) -> report(bench, job, Outcome.SANDBOX_ERROR)),
    RELEASE(Bench::submitAndClaim, (bench, job) -> bench.node.release(List.of(job))),
    RELEASE_CANCELLED(Transition::cancelRequested, (bench, job) -> bench.node.release(List.of(job))),
    START_ANEW(Bench::submitAndClaim, (bench, job) -> bench.node.register(List.of())),
    EXPIRE(Bench::submitAndClaim, (bench, job) -> expire(bench, job, "pending")),
    LAST_EXPIRE(Transition::onItsLastAttempt, (bench, job) -> expire(bench, job, "failed")),
    CANCEL_PENDING(Bench::submit, (bench, jobId) -> bench.client.cancel(jobId)),
    CANCEL_HELD(Bench::submitAndClaim, (bench, job) -> bench.client.cancel(job.id())),
    REPORT_CANCELLED(Transition::cancelRequested, (bench, job) -> report(bench, job, Outcome.CANCELLED)),
    SWEEP(Transition::completed, (bench, job) -> {
        bench.clock.jump(Bench.RESULT_TTL.multipliedBy(2));
        bench.awaitState(job.id(), "");
    });

    private static final long DUE_TIMEOUT_MS = 20_000;
    private static final Duration AHEAD = Duration.ofMillis(300);

    private final Preparation<Object> preparation;
    private final Action<Object> action;

    @FunctionalInterface
    interface Preparation<T> {
        T run(Bench bench) throws IOException;
    }

    @FunctionalInterface
    interface Action<T> {
        void run(Bench bench, T prepared) throws Exception;
    }

    @SuppressWarnings("unchecked") // each constant's two halves agree, by the constructor's signature
    <T> Transition(Preparation<T> preparation, Action<T> action) {
        this.preparation = (Preparation<Object>) preparation;
        this.action = (Action<Object>) action;
    }

    /** Brings a fresh bench to where the transition can happen. */
    Object prepare(Bench bench) throws IOException {
        return preparation.run(bench);
    }

    /** Returns when it has happened and was answered. */
    void act(Bench bench, Object prepared) throws Exception {
        action.run(bench, prepared);
    }

    private static void report(Bench bench, ClaimedJob job, Outcome outcome) throws IOException {
        if (!bench.node.report(job, outcome)) {
            throw new IllegalStateException("a report under a held lease was refused");
        }
    }

    private static ClaimedJob claimedBeforeAnother(Bench bench) throws IOException {
        ClaimedJob job = bench.submitAndClaim();
        bench.submit();
        return job;
    }

    private static void reportAndClaim(Bench bench, ClaimedJob job) throws IOException {
        if (bench.node.reportAndClaim(job).isEmpty()) {
            throw new IllegalStateException("a report brought nothing although a job waits");
        }
    }

    private static void expire(Bench bench, ClaimedJob job, String state) throws Exception {
        bench.clock.jump(Bench.NODE_TIMEOUT.multipliedBy(2));
        bench.awaitState(job.id(), state);
    }

    private static ClaimedJob completed(Bench bench) throws IOException {
        ClaimedJob job = bench.submitAndClaim();
        report(bench, job, Outcome.OK);
        return job;
    }

    private static void submitCached(Bench bench, String key) throws IOException {
        bench.submitUnder(key, Map.of("cache", true));
    }

    private static ClaimedJob completedForOthers(Bench bench) throws IOException {
        submitCached(bench, "first");
        ClaimedJob job = bench.claim();
        report(bench, job, Outcome.OK);
        return job;
    }

    private static ClaimedJob retried(Bench bench, double backoffSeconds) throws IOException {
        bench.submitUnder("k", Map.of("retries", 1, "retry_backoff_seconds", backoffSeconds));
        return bench.claim();
    }

    private static String delayed(Bench bench) throws IOException {
        double dueSeconds = bench.clock.instant().plus(AHEAD).toEpochMilli() / 1000.0;
        return bench.submitUnder("k", Map.of("not_before", dueSeconds));
    }

    private static void comeDue(Bench bench, String jobId) throws Exception {
        Ground.await(jobId + " due", DUE_TIMEOUT_MS, () -> {
            bench.clock.jump(AHEAD);
            return bench.isInLine(jobId);
        });
    }

    private static ClaimedJob onItsLastAttempt(Bench bench) throws IOException {
        report(bench, bench.submitAndClaim(), Outcome.SANDBOX_ERROR);
        return bench.claim();
    }

    private static ClaimedJob cancelRequested(Bench bench) throws IOException {
        ClaimedJob job = bench.submitAndClaim();
        bench.client.cancel(job.id());
        return job;
    }
}
