package io.sandrun.broker.job;

import io.sandrun.broker.artifact.ArtifactSweep;
import io.sandrun.broker.requirement.RequirementClasses;
import io.sandrun.broker.store.RetentionTable.Forgotten;
import io.sandrun.broker.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets jobs RESULT_TTL after their end, with their results and attempts, and then needs and artifacts that no job
 * has any more.
 */
public final class RetentionSweep implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(RetentionSweep.class);

    /** Jobs of one transaction: some milliseconds of the writer's time. */
    private static final int BATCH = 200;

    /** Likewise rows and pages, of which a single job may have thousands. */
    private static final long BATCH_WEIGHT = 4_000;

    private static final Duration INTERVAL_MAX = Duration.ofSeconds(30);
    private static final Duration INTERVAL_MIN = Duration.ofMillis(100);
    private static final int PASSES_PER_TTL = 10;

    private final Store store;
    private final JobNews news;
    private final RequirementClasses classes;
    private final ArtifactSweep artifacts;
    private final Clock clock;
    private final Duration resultTtl;
    private final Executor blocking;
    private final AtomicBoolean isRunning = new AtomicBoolean();

    /** @param blocking runs what reads the store, which neither the writer nor the timer may do */
    public RetentionSweep(
            Store store,
            JobNews news,
            RequirementClasses classes,
            ArtifactSweep artifacts,
            Clock clock,
            Duration resultTtl,
            Executor blocking) {
        this.store = store;
        this.news = news;
        this.classes = classes;
        this.artifacts = artifacts;
        this.clock = clock;
        this.resultTtl = resultTtl;
        this.blocking = blocking;
    }

    /** A job is forgotten at most this much late. */
    public static Duration interval(Duration resultTtl) {
        Duration fraction = resultTtl.dividedBy(PASSES_PER_TTL);
        if (fraction.compareTo(INTERVAL_MIN) < 0) {
            return INTERVAL_MIN;
        }
        return fraction.compareTo(INTERVAL_MAX) < 0 ? fraction : INTERVAL_MAX;
    }

    /** One pass, in the background: batch after batch, each behind whatever the writer got meanwhile. */
    @Override
    public void run() {
        var unused = sweep();
    }

    /** One pass; completes when it is over. Does nothing while another one is under way. */
    CompletableFuture<Void> sweep() {
        if (!isRunning.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(null);
        }
        return forget(clock.millis() - resultTtl.toMillis())
                .thenCompose(none -> store.write(classes::deleteUnused, this::forgetNeeds))
                .handle((needs, failure) -> {
                    isRunning.set(false);
                    if (failure != null) {
                        LOG.warn("Old results could not be deleted: {}", failure.toString());
                    }
                    artifacts.run();
                    return null;
                });
    }

    private CompletableFuture<Void> forget(long endedBeforeMs) {
        return CompletableFuture.completedFuture(endedBeforeMs)
                .thenApplyAsync(this::countDeletable, blocking)
                .thenCompose(jobs -> jobs == 0
                        ? CompletableFuture.completedFuture(null)
                        : store.write(tables -> tables.retention().deleteEnded(endedBeforeMs, jobs), this::forgotten)
                                .thenCompose(gone -> forget(endedBeforeMs)));
    }

    private int countDeletable(long endedBeforeMs) {
        return store.read(tables -> tables.retention().countDeletable(endedBeforeMs, BATCH, BATCH_WEIGHT));
    }

    private int forgotten(Forgotten gone) {
        news.forgotten(gone);
        artifacts.jobGone();
        return gone.jobs().size();
    }

    private int forgetNeeds(Map<Long, String> unused) {
        classes.forget(unused);
        return unused.size();
    }
}
