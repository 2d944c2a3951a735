package io.sandrun.benchmarks.faults;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import io.sandrun.benchmarks.faults.Promises.Claim;
import io.sandrun.broker.store.Books;
import io.sandrun.broker.store.Books.Attempt;
import io.sandrun.broker.store.Books.Job;
import io.sandrun.broker.store.Books.Result;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Compares the books with themselves and with what was promised. A pure function of both.
 *
 * <p>The books alone must say: each job has one outcome or none; each lease was handed out once; attempts of a job do
 * not overlap; a job ran again after its program's end exactly as often as it says that it was retried; its outcome is
 * that of its last attempt; results are there exactly for programs that ended, and for jobs that were given one of an
 * earlier job and have no attempt. The promises add: what was accepted, handed out, recorded or shown is there, what
 * was refused left no trace, and one key made one job.
 */
final class Audit {
    private static final Set<String> NODE_FAULTS = Set.of(Outcome.NODE_LOST.wire(), Outcome.SANDBOX_ERROR.wire());

    private final Map<String, Job> jobs;
    private final Map<String, List<Attempt>> attempts;
    private final Map<String, Result> results;
    private final Map<String, Attempt> byLease;
    private final Books books;
    private final Promises promises;
    private final List<String> violations = new ArrayList<>();

    private Audit(Books books, Promises promises) {
        this.books = books;
        this.promises = promises;
        jobs = books.jobs().stream().collect(toMap(Job::id, Function.identity(), (one, other) -> one));
        attempts = books.attempts().stream().collect(groupingBy(Attempt::jobId));
        results = books.results().stream().collect(toMap(Result::jobId, Function.identity(), (one, other) -> one));
        byLease = books.attempts().stream().collect(toMap(Attempt::leaseId, Function.identity(), (one, other) -> one));
    }

    /** What is wrong, a sentence each; empty if all is well. */
    static List<String> violations(Books books, Promises promises) {
        Audit audit = new Audit(books, promises);
        audit.violations.addAll(books.damage());
        audit.violations.addAll(promises.complaints());
        audit.nothingIsThereTwice();
        books.jobs().forEach(audit::jobIsSound);
        audit.promisesAreKept();
        return List.copyOf(audit.violations);
    }

    /** Likewise, once the load has been served: then every accepted job has its outcome. */
    static List<String> violationsAfterDrain(Books books, Promises promises) {
        List<String> found = new ArrayList<>(violations(books, promises));
        books.jobs().stream()
                .filter(job -> promises.accepted().contains(job.id()) && job.outcome() == null)
                .forEach(job -> found.add("job %s is still %s".formatted(job.id(), job.state())));
        books.jobs().stream()
                .filter(job -> job.key() != null && !promises.accepted().contains(job.id()))
                .forEach(job -> found.add("nobody was told of job %s under key %s".formatted(job.id(), job.key())));
        return found;
    }

    @SuppressWarnings("AnnotateFormatMethod") // Error Prone's annotations are no dependency of ours
    private void expect(boolean holds, String sentence, @Nullable Object... values) {
        if (!holds) {
            violations.add(sentence.formatted(values));
        }
    }

    private void nothingIsThereTwice() {
        expect(jobs.size() == books.jobs().size(), "a job's id is there twice");
        expect(byLease.size() == books.attempts().size(), "a lease is there twice");
        expect(results.size() == books.results().size(), "a job has two results");
        Set<String> orphans = new HashSet<>(attempts.keySet());
        orphans.addAll(results.keySet());
        orphans.removeAll(jobs.keySet());
        expect(orphans.isEmpty(), "attempts or results without a job: %s", orphans);
    }

    private void jobIsSound(Job job) {
        List<Attempt> tries = attempts.getOrDefault(job.id(), List.of());
        expect(job.hasSpec(), "job %s has lost its program", job.id());
        expect(job.attempt() == tries.size(), "job %s counts %d of %d attempts", job.id(), job.attempt(), tries.size());
        attemptsFollowEachOther(job, tries);
        JobState state = JobState.ofWire(job.state());
        boolean isLeased = state == JobState.ASSIGNED || state == JobState.RUNNING;
        expect(isLeased == (job.leaseId() != null), "job %s is %s with lease %s", job.id(), state, job.leaseId());
        expect(state.isFinal() == (job.outcome() != null), "job %s is %s: %s", job.id(), state, job.outcome());
        if (job.outcome() != null) {
            expect(Outcome.ofWire(job.outcome()).finalState() == state, "job %s is %s", job.id(), job.outcome());
        }
        if (job.cachedFrom() == null) {
            retriesAreCounted(job, tries);
            outcomeIsThatOfTheLastAttempt(job, tries);
        } else {
            resultIsThatOfTheEarlierJob(job, tries);
        }
        long faults = tries.stream().filter(Audit::isNodeFault).count();
        boolean isCancelled = state == JobState.CANCELLED;
        expect(
                job.faults() == faults || (isCancelled && job.faults() == faults - 1),
                "job %s counts %d of %d faults",
                job.id(),
                job.faults(),
                faults);
    }

    private void attemptsFollowEachOther(Job job, List<Attempt> tries) {
        for (int index = 0; index < tries.size(); index++) {
            Attempt attempt = tries.get(index);
            boolean isLast = index == tries.size() - 1;
            Long endedAtMs = attempt.endedAtMs();
            expect(attempt.number() == index + 1, "job %s skips attempt %d", job.id(), index + 1);
            if (endedAtMs == null) {
                expect(
                        isLast
                                && attempt.leaseId().equals(job.leaseId())
                                && attempt.nodeId().equals(job.nodeId()),
                        "job %s has an open attempt %d that nobody holds",
                        job.id(),
                        attempt.number());
                continue;
            }
            expect(endedAtMs >= attempt.assignedAtMs(), "job %s ended before it was assigned", job.id());
            expect(!attempt.leaseId().equals(job.leaseId()), "job %s is held under an ended lease", job.id());
            if (!isLast) {
                Attempt next = tries.get(index + 1);
                expect(next.assignedAtMs() >= endedAtMs, "attempts %d of job %s overlap", index + 1, job.id());
                expect(
                        !isProgramsEnd(attempt) || isProgramFault(attempt),
                        "job %s ran again after its end was recorded",
                        job.id());
            }
        }
        expect(
                job.leaseId() == null || tries.stream().anyMatch(attempt -> attempt.endedAtMs() == null),
                "job %s is held without an attempt",
                job.id());
    }

    private void outcomeIsThatOfTheLastAttempt(Job job, List<Attempt> tries) {
        Attempt last = tries.isEmpty() ? null : tries.get(tries.size() - 1);
        boolean programEnded = last != null && isProgramsEnd(last) && !wasRetried(job, tries);
        String said = last == null ? null : last.outcome();
        boolean isSame = Objects.equals(job.outcome(), said);
        expect(!programEnded || isSame, "job %s is %s, its recorded end %s", job.id(), job.outcome(), said);
        boolean needsNone = job.outcome() == null || job.state().equals(JobState.CANCELLED.wire());
        expect(needsNone || isSame, "job %s is %s and no attempt says so", job.id(), job.outcome());
        expect(
                results.containsKey(job.id()) == programEnded,
                programEnded ? "the result of job %s is missing" : "job %s has a result and never ended",
                job.id());
        Result result = results.get(job.id());
        expect(
                result == null || result.output().isEmpty() || result.output().startsWith(job.id()),
                "job %s has the output of another",
                job.id());
    }

    /** Each attempt that the program failed was followed by another, or by the will to have one, but for the last. */
    private void retriesAreCounted(Job job, List<Attempt> tries) {
        long failed = tries.stream().filter(Audit::isProgramFault).count();
        boolean isEnd = !tries.isEmpty() && isProgramFault(tries.get(tries.size() - 1)) && !wasRetried(job, tries);
        expect(
                job.retried() == failed - (isEnd ? 1 : 0),
                "job %s counts %d retries after %d failures",
                job.id(),
                job.retried(),
                failed);
    }

    /** Whether even the last attempt's failure is not the job's end: it waits again, or was cancelled while it did. */
    private static boolean wasRetried(Job job, List<Attempt> tries) {
        boolean isOpen = job.outcome() == null || job.state().equals(JobState.CANCELLED.wire());
        return isOpen && isProgramFault(tries.get(tries.size() - 1));
    }

    private void resultIsThatOfTheEarlierJob(Job job, List<Attempt> tries) {
        expect(tries.isEmpty() && job.retried() == 0, "job %s has a cached result and attempts", job.id());
        expect(
                Outcome.OK.wire().equals(job.outcome()),
                "job %s has a cached result and is %s",
                job.id(),
                job.outcome());
        Result result = results.get(job.id());
        expect(result != null, "the cached result of job %s is missing", job.id());
        Result earlier = results.get(job.cachedFrom());
        expect(
                result == null || earlier == null || result.output().equals(earlier.output()),
                "job %s has another output than the job %s that it is from",
                job.id(),
                job.cachedFrom());
    }

    private void promisesAreKept() {
        promises.accepted().forEach(id -> expect(jobs.containsKey(id), "accepted job %s is lost", id));
        promises.keys().forEach((key, id) -> {
            Job job = jobs.get(id);
            expect(job == null || key.equals(job.key()), "job %s has lost its key %s", id, key);
        });
        promises.claims().forEach(this::claimIsThere);
        for (String leaseId : promises.recorded()) {
            Attempt attempt = byLease.get(leaseId);
            expect(attempt != null && isProgramsEnd(attempt), "the report under lease %s is lost", leaseId);
        }
        for (String leaseId : promises.refused()) {
            Attempt attempt = byLease.get(leaseId);
            expect(attempt == null || !isProgramsEnd(attempt), "the refused report under %s counts", leaseId);
            expect(
                    results.values().stream()
                            .noneMatch(result -> result.output().endsWith(" " + leaseId)),
                    "the refused output under %s is kept",
                    leaseId);
        }
        promises.seen().forEach((id, seen) -> {
            Job job = jobs.get(id);
            expect(job != null && seen.outcome().equals(job.outcome()), "job %s was shown as %s", id, seen.outcome());
            Result result = results.get(id);
            expect(seen.output().equals(result == null ? "" : result.output()), "job %s was shown another output", id);
        });
    }

    private void claimIsThere(String leaseId, Claim claim) {
        Attempt attempt = byLease.get(leaseId);
        expect(
                attempt != null
                        && attempt.jobId().equals(claim.jobId())
                        && attempt.nodeId().equals(claim.nodeId())
                        && attempt.number() == claim.attempt(),
                "lease %s of job %s is not in the books as it was handed out",
                leaseId,
                claim.jobId());
    }

    private static boolean isNodeFault(Attempt attempt) {
        return attempt.outcome() != null && NODE_FAULTS.contains(attempt.outcome());
    }

    private static boolean isProgramFault(Attempt attempt) {
        return attempt.outcome() != null && Outcome.ofWire(attempt.outcome()).isProgramFault();
    }

    private static boolean isProgramsEnd(Attempt attempt) {
        return attempt.outcome() != null && !NODE_FAULTS.contains(attempt.outcome());
    }
}
