package io.sandrun.broker.verify;

import io.sandrun.broker.FreshId;
import io.sandrun.broker.job.JobListener;
import io.sandrun.broker.job.JobNews;
import io.sandrun.broker.store.CopyTable.Undecided;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.Waiting;
import io.sandrun.broker.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a verified job whenever something happened to one of its copies.
 *
 * <p>Theory of operation: what a job's copies have come to is a matter of the database alone, and each look is one
 * transaction that writes what follows. So nothing is lost when a look fails or the broker stops between an event and
 * its look: the next one finds the same, and at the start all jobs are looked at that have anything open. Thread-safe.
 */
public final class Verifier implements JobListener {
    private static final Logger LOG = LoggerFactory.getLogger(Verifier.class);

    /** How often looks that failed are made again, and copies that are in the way of forgetting are withdrawn. */
    public static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Jobs of one pass whose copies are withdrawn: bounds what the writer does for it. */
    private static final int OVERSTAYED_MAX = 200;

    /** Undecided jobs of one pass: a few milliseconds of a reader. */
    private static final int WALKED_MAX = 100;

    /** Looks of one round after a start, or after a disk that refused: some tens of milliseconds of the writer. */
    private static final int LOOKS_AT_ONCE = 200;

    private final Store store;
    private final Standings standings;
    private final JobNews news;
    private final FreshId freshId;
    private final Clock clock;
    private final Duration resultTtl;
    private final Duration patience;
    private final Set<Long> missed = ConcurrentHashMap.newKeySet();

    /** The job up to which undecided ones were looked through; of the sweeping thread. */
    private long walkedTo;

    /** @param patience how long a job waits while no node is there that may have its next copy */
    public Verifier(
            Store store,
            Standings standings,
            JobNews news,
            FreshId freshId,
            Clock clock,
            Duration resultTtl,
            Duration patience) {
        this.store = store;
        this.standings = standings;
        this.news = news;
        this.freshId = freshId;
        this.clock = clock;
        this.resultTtl = resultTtl;
        this.patience = patience;
    }

    /** Looks at what an earlier run of the broker left open. */
    public void start() {
        missed.addAll(store.read(tables -> tables.copies().undecided()));
        lookAtMissed();
    }

    @Override
    public void waiting(Waiting job) {
        // A copy is looked after by what happened to it.
    }

    @Override
    public void copyAssigned(JobRow copy, String jobId) {
        lookAtJobOf(copy);
    }

    @Override
    public void leaseEnded(JobRow job) {
        lookAtJobOf(job);
    }

    /** A verified job that was cancelled leaves copies behind. */
    @Override
    public void ended(JobRow job) {
        if (!job.isHandedOut()) {
            var unused = look(job.seq());
        }
    }

    private void lookAtJobOf(JobRow copy) {
        Long jobSeq = copy.copyOf();
        if (jobSeq != null) {
            var unused = look(jobSeq);
        }
    }

    /** Answers whether it could be done; if not, it will be. */
    private CompletableFuture<Boolean> look(long jobSeq) {
        return store.write(
                        tables -> Deliberation.on(jobSeq, tables, standings, freshId, patience, clock.millis()),
                        findings -> {
                            tell(findings);
                            return true;
                        })
                .exceptionally(failure -> {
                    LOG.warn("A verified job could not be looked at: {}", failure.toString());
                    missed.add(jobSeq);
                    return false;
                });
    }

    /** Some at a time, so that others get their turn between them. */
    private void lookAtMissed() {
        List<Long> some = missed.stream().limit(LOOKS_AT_ONCE).toList();
        some.forEach(missed::remove);
        List<CompletableFuture<Boolean>> looks = some.stream().map(this::look).toList();
        var unused = CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new))
                .thenRun(() -> {
                    if (!missed.isEmpty() && looks.stream().allMatch(CompletableFuture::join)) {
                        lookAtMissed();
                    }
                });
    }

    private void tell(Findings findings) {
        findings.changed.forEach(standings::changed);
        findings.added.forEach(copy -> news.copied(copy, findings.places));
        findings.waiting.forEach(copy -> news.copyWaiting(copy, findings.places));
        findings.withdrawn.forEach(news::endedPending);
        findings.unneeded.forEach(news::cancelRequested);
        JobRow decided = findings.decided;
        if (decided != null) {
            news.decided(decided, findings.outputBytes);
        }
    }

    /** One pass over what went wrong, what waits in vain, and what stays for too long. For one thread at a time. */
    public void sweep() {
        lookAtMissed();
        lookForNodes();
        long endedBeforeMs = clock.millis() - resultTtl.toMillis();
        List<Long> overstayed = store.read(tables -> tables.copies().overstayed(endedBeforeMs, OVERSTAYED_MAX));
        if (!overstayed.isEmpty()) {
            withdraw(overstayed);
        }
    }

    /**
     * That a node comes or goes is no event of a job: each pass asks for some jobs whether somebody is there for them,
     * and looks at those for which that has changed, or lasted too long.
     */
    private void lookForNodes() {
        if (!standings.isPoolKnown()) {
            return;
        }
        long deadlineMs = clock.millis() - patience.toMillis();
        List<Undecided> jobs = store.read(tables -> tables.copies().undecidedAfter(walkedTo, WALKED_MAX));
        walkedTo = jobs.size() < WALKED_MAX ? 0 : jobs.get(jobs.size() - 1).seq();
        for (Undecided job : jobs) {
            Long sinceMs = job.aloneSinceMs();
            boolean isAlone = job.isStalled()
                    && !standings.isAnyoneLeft(
                            job.classId(),
                            job.client(),
                            store.read(tables -> tables.copies().places(job.seq())));
            if (isAlone != (sinceMs != null) || (sinceMs != null && sinceMs <= deadlineMs)) {
                var unused = look(job.seq());
            }
        }
    }

    private void withdraw(List<Long> jobs) {
        store.write(
                        tables -> {
                            Findings findings = new Findings();
                            for (long job : jobs) {
                                Deliberation.withdraw(tables, job, clock.millis(), findings);
                            }
                            return findings;
                        },
                        findings -> {
                            tell(findings);
                            return jobs.size();
                        })
                .exceptionally(failure -> {
                    LOG.warn("Copies that nobody needs could not be withdrawn: {}", failure.toString());
                    return 0;
                });
    }
}
