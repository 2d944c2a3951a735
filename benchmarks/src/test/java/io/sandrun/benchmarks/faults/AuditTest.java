package io.sandrun.benchmarks.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.benchmarks.faults.Promises.Claim;
import io.sandrun.benchmarks.faults.Promises.Seen;
import io.sandrun.broker.store.Books;
import io.sandrun.broker.store.Books.Attempt;
import io.sandrun.broker.store.Books.Job;
import io.sandrun.broker.store.Books.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * An auditor that never complains proves nothing: each kind of corruption is put into sound books and must be named.
 */
class AuditTest {
    private static final Job WAITING = new Job("w", "pending", 0, 0, 0, null, null, null, true, null, null);
    private static final Job HELD = new Job("h", "running", 2, 1, 0, "h2", "n1", null, true, null, null);
    private static final Job DONE = new Job("d", "completed", 1, 0, 0, null, "n2", "ok", true, null, null);
    private static final List<Attempt> ATTEMPTS = List.of(
            new Attempt("h", 1, "h1", "n2", 10, 20L, "node_lost"),
            new Attempt("h", 2, "h2", "n1", 20, null, null),
            new Attempt("d", 1, "d1", "n2", 10, 30L, "ok"));
    private static final List<Result> RESULTS = List.of(new Result("d", 0, "d d1"));
    private static final Promises PROMISES = new Promises(
            Set.of("w", "h", "d"),
            Map.of(),
            Map.of("h1", new Claim("h", "n2", 1), "h2", new Claim("h", "n1", 2), "d1", new Claim("d", "n2", 1)),
            Set.of("d1"),
            Set.of("h1"),
            Map.of("d", new Seen("ok", "d d1")),
            List.of());

    private static Books books(List<Job> jobs, List<Attempt> attempts, List<Result> results) {
        return new Books(jobs, attempts, results, List.of());
    }

    private static Books with(Job held, Attempt... attempts) {
        return books(List.of(WAITING, held, DONE), join(List.of(attempts), ATTEMPTS.get(2)), RESULTS);
    }

    private static Books withDone(Job done, Attempt... attempts) {
        List<Attempt> all = new ArrayList<>(ATTEMPTS.subList(0, 2));
        all.addAll(List.of(attempts));
        return books(List.of(WAITING, HELD, done), all, RESULTS);
    }

    private static List<Attempt> join(List<Attempt> some, Attempt last) {
        List<Attempt> all = new ArrayList<>(some);
        all.add(last);
        return all;
    }

    private static void complains(Books books, String about) {
        complains(books, PROMISES, about);
    }

    private static void complains(Books books, Promises promises, String about) {
        assertThat(Audit.violations(books, promises)).anyMatch(sentence -> sentence.contains(about));
    }

    @Test
    void sound_books_are_sound() {
        Books sound = books(List.of(WAITING, HELD, DONE), ATTEMPTS, RESULTS);
        assertThat(Audit.violations(sound, PROMISES)).isEmpty();
        assertThat(Audit.violationsAfterDrain(sound, PROMISES))
                .containsExactlyInAnyOrder("job w is still pending", "job h is still running");
    }

    @Test
    void damage_and_complaints_are_passed_on() {
        Books damaged = new Books(List.of(), List.of(), List.of(), List.of("page 3 is lost"));
        complains(damaged, Promises.none(), "page 3 is lost");
        Promises complaint =
                new Promises(Set.of(), Map.of(), Map.of(), Set.of(), Set.of(), Map.of(), List.of("odd answer"));
        complains(books(List.of(), List.of(), List.of()), complaint, "odd answer");
    }

    @Test
    void a_lost_job_is_named() {
        complains(books(List.of(HELD, DONE), ATTEMPTS, RESULTS), "accepted job w is lost");
    }

    @Test
    void a_job_without_its_program_is_named() {
        Job empty = new Job("w", "pending", 0, 0, 0, null, null, null, false, null, null);
        complains(books(List.of(empty, HELD, DONE), ATTEMPTS, RESULTS), "lost its program");
    }

    @Test
    void a_lease_that_was_handed_out_twice_is_named() {
        complains(
                with(HELD, ATTEMPTS.get(0), new Attempt("h", 2, "d1", "n1", 20, null, null)), "a lease is there twice");
    }

    @Test
    void overlapping_attempts_are_named() {
        complains(with(HELD, ATTEMPTS.get(0), new Attempt("h", 2, "h2", "n1", 19, null, null)), "overlap");
        complains(with(HELD, new Attempt("h", 1, "h1", "n2", 10, null, null), ATTEMPTS.get(1)), "nobody holds");
    }

    @Test
    void a_missing_attempt_is_named() {
        complains(with(HELD, ATTEMPTS.get(1)), "counts 2 of 1 attempts");
        complains(with(HELD, ATTEMPTS.get(1)), "lease h1 of job h is not in the books");
    }

    @Test
    void a_lease_that_outlived_its_attempt_is_named() {
        complains(
                with(HELD, ATTEMPTS.get(0), new Attempt("h", 2, "h2", "n1", 20, 40L, null)),
                "held under an ended lease");
    }

    @Test
    void two_recorded_ends_are_named() {
        Job twice = new Job("d", "completed", 2, 0, 0, null, "n2", "ok", true, null, null);
        complains(withDone(twice, ATTEMPTS.get(2), new Attempt("d", 2, "d2", "n1", 30, 50L, "ok")), "ran again");
    }

    @Test
    void an_outcome_that_no_attempt_has_is_named() {
        Job other = new Job("d", "failed", 1, 0, 0, null, "n2", "timed_out", true, null, null);
        complains(withDone(other, ATTEMPTS.get(2)), "no attempt says so");
        complains(withDone(other, ATTEMPTS.get(2)), "was shown as ok");
    }

    @Test
    void a_state_that_contradicts_its_outcome_is_named() {
        complains(
                withDone(new Job("d", "failed", 1, 0, 0, null, "n2", "ok", true, null, null), ATTEMPTS.get(2)),
                "is ok");
        complains(
                withDone(new Job("d", "pending", 1, 0, 0, null, null, "ok", true, null, null), ATTEMPTS.get(2)),
                "PENDING: ok");
    }

    @Test
    void a_fault_that_was_not_counted_is_named() {
        Job uncounted = new Job("h", "running", 2, 0, 0, "h2", "n1", null, true, null, null);
        complains(with(uncounted, ATTEMPTS.get(0), ATTEMPTS.get(1)), "counts 0 of 1 faults");
    }

    @Test
    void results_must_be_there_exactly_for_ended_programs() {
        List<Job> jobs = List.of(WAITING, HELD, DONE);
        complains(books(jobs, ATTEMPTS, List.of()), "the result of job d is missing");
        complains(books(jobs, ATTEMPTS, join(RESULTS, "w")), "job w has a result and never ended");
        complains(books(jobs, ATTEMPTS, join(RESULTS, "none")), "without a job");
        complains(books(jobs, ATTEMPTS, List.of(new Result("d", 0, "x d1"))), "the output of another");
    }

    private static List<Result> join(List<Result> some, String jobId) {
        return List.of(some.get(0), new Result(jobId, 0, jobId));
    }

    @Test
    void a_recorded_report_that_is_gone_and_a_refused_one_that_counts_are_named() {
        Books sound = books(List.of(WAITING, HELD, DONE), ATTEMPTS, RESULTS);
        Promises recorded = new Promises(Set.of(), Map.of(), Map.of(), Set.of("h1"), Set.of(), Map.of(), List.of());
        complains(sound, recorded, "the report under lease h1 is lost");
        Promises refused = new Promises(Set.of(), Map.of(), Map.of(), Set.of(), Set.of("d1"), Map.of(), List.of());
        complains(sound, refused, "the refused report under d1 counts");
        complains(sound, refused, "the refused output under d1 is kept");
    }

    private static final Attempt FAILED = new Attempt("r", 1, "r1", "n1", 10, 20L, "exit_nonzero");
    private static final Attempt RAN_AGAIN = new Attempt("r", 2, "r2", "n1", 20, 30L, "ok");
    private static final Job RETRIED = new Job("r", "completed", 2, 0, 1, null, "n1", "ok", true, null, "key");
    private static final Job CACHED = new Job("c", "completed", 0, 0, 0, null, "n1", "ok", true, "r", "other");
    private static final List<Result> BOTH = List.of(new Result("r", 0, "r r2"), new Result("c", 0, "r r2"));

    @Test
    void a_retried_job_and_one_with_a_cached_result_are_sound() {
        Books sound = books(List.of(RETRIED, CACHED), List.of(FAILED, RAN_AGAIN), BOTH);
        assertThat(Audit.violations(sound, Promises.none())).isEmpty();
        Job waits = new Job("r", "pending", 1, 0, 1, null, null, null, true, null, null);
        assertThat(Audit.violations(books(List.of(waits), List.of(FAILED), List.of()), Promises.none()))
                .isEmpty();
        Job cancelled = new Job("r", "cancelled", 1, 0, 1, null, null, "cancelled", true, null, null);
        assertThat(Audit.violations(books(List.of(cancelled), List.of(FAILED), List.of()), Promises.none()))
                .isEmpty();
    }

    @Test
    void a_retry_that_was_not_counted_is_named() {
        Job uncounted = new Job("r", "completed", 2, 0, 0, null, "n1", "ok", true, null, null);
        complains(
                books(List.of(uncounted), List.of(FAILED, RAN_AGAIN), BOTH.subList(0, 1)),
                Promises.none(),
                "counts 0 retries after 1 failures");
    }

    @Test
    void a_cached_result_that_is_missing_foreign_or_has_an_attempt_is_named() {
        List<Job> jobs = List.of(RETRIED, CACHED);
        List<Attempt> attempts = List.of(FAILED, RAN_AGAIN);
        complains(books(jobs, attempts, BOTH.subList(0, 1)), Promises.none(), "cached result of job c is missing");
        List<Result> foreign = List.of(BOTH.get(0), new Result("c", 0, "x"));
        complains(books(jobs, attempts, foreign), Promises.none(), "another output than the job r");
        Attempt ran = new Attempt("c", 1, "c1", "n1", 10, 20L, "ok");
        complains(books(jobs, List.of(FAILED, RAN_AGAIN, ran), BOTH), Promises.none(), "a cached result and attempts");
    }

    @Test
    void a_lost_key_and_a_job_under_a_key_that_nobody_was_told_of_are_named() {
        Books books = books(List.of(RETRIED), List.of(FAILED, RAN_AGAIN), BOTH.subList(0, 1));
        Promises other =
                new Promises(Set.of("r"), Map.of("lost", "r"), Map.of(), Set.of(), Set.of(), Map.of(), List.of());
        complains(books, other, "job r has lost its key lost");
        assertThat(Audit.violationsAfterDrain(books, Promises.none()))
                .anyMatch(sentence -> sentence.contains("nobody was told of job r"));
    }
}
