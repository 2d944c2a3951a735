package io.sandrun.broker.job;

import io.sandrun.broker.artifact.ArtifactSweep;
import io.sandrun.broker.requirement.RequirementClasses;
import io.sandrun.broker.store.JobTable.Forgotten;
import io.sandrun.broker.store.Store;
import java.time.Clock;
import java.time.Duration;
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

    private static final Duration INTERVAL_MAX = Duration.ofSeconds(30);
    private static final Duration INTERVAL_MIN = Duration.ofMillis(100);
    private static final int PASSES_PER_TTL = 10;

    private final Store store;
    private final JobNews news;
    private final RequirementClasses classes;
    private final ArtifactSweep artifacts;
    private final Clock clock;
    private final Duration resultTtl;

    public RetentionSweep(
            Store store,
            JobNews news,
            RequirementClasses classes,
            ArtifactSweep artifacts,
            Clock clock,
            Duration resultTtl) {
        this.store = store;
        this.news = news;
        this.classes = classes;
        this.artifacts = artifacts;
        this.clock = clock;
        this.resultTtl = resultTtl;
    }

    /** A job is forgotten at most this much late. */
    public static Duration interval(Duration resultTtl) {
        Duration fraction = resultTtl.dividedBy(PASSES_PER_TTL);
        if (fraction.compareTo(INTERVAL_MIN) < 0) {
            return INTERVAL_MIN;
        }
        return fraction.compareTo(INTERVAL_MAX) < 0 ? fraction : INTERVAL_MAX;
    }

    /** One pass: batch after batch, each behind whatever the writer got meanwhile, until none is left. */
    @Override
    public void run() {
        long endedBeforeMs = clock.millis() - resultTtl.toMillis();
        store.write(tables -> tables.jobs().deleteEnded(endedBeforeMs, BATCH), this::forgotten)
                .exceptionally(failure -> {
                    LOG.warn("Old results could not be deleted: {}", failure.toString());
                    return 0;
                });
    }

    private void forgetUnusedNeeds() {
        store.write(classes::deleteUnused, unused -> {
                    classes.forget(unused);
                    return unused.size();
                })
                .exceptionally(failure -> {
                    LOG.warn("Unused needs could not be deleted: {}", failure.toString());
                    return 0;
                });
    }

    private int forgotten(Forgotten gone) {
        news.forgotten(gone.all());
        if (!gone.jobs().isEmpty()) {
            artifacts.jobGone();
        }
        if (gone.jobs().size() == BATCH) {
            run();
        } else {
            forgetUnusedNeeds();
            artifacts.run();
        }
        return gone.jobs().size();
    }
}
