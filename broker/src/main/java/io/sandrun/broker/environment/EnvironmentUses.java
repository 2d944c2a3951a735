package io.sandrun.broker.environment;

import io.sandrun.broker.job.JobListener;
import io.sandrun.broker.requirement.RequirementClasses;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.Waiting;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the jobs that a node ended in an environment, since the broker started. Thread-safe. */
public final class EnvironmentUses implements JobListener {
    private final RequirementClasses classes;
    private final AtomicLong uses = new AtomicLong();

    public EnvironmentUses(RequirementClasses classes) {
        this.classes = classes;
    }

    @Override
    public void waiting(Waiting job) {
        // It uses nothing yet.
    }

    @Override
    public void ended(JobRow job) {
        if (job.nodeId() != null
                && classes.find(job.classId())
                        .filter(needs -> needs.environment() != null)
                        .isPresent()) {
            uses.incrementAndGet();
        }
    }

    long total() {
        return uses.get();
    }
}
