package io.sandrun.broker.feed;

import io.sandrun.broker.job.JobListener;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.Waiting;
import io.sandrun.protocol.JobState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps which jobs have changed until they are told of, while anybody wants to know: copies of verified jobs, too,
 * which {@link Feed} leaves out. Thread-safe.
 */
public final class ChangedJobs implements JobListener {
    /** Jobs that are kept: those of a quarter of a second at a thousand a second, a few times. */
    private static final int CHANGES_MAX = 1_000;

    private Map<String, JobChange> changes = new LinkedHashMap<>();
    private boolean isMissing;
    private volatile boolean isWatched;

    /**
     * Jobs whose state has changed, each as it stands now.
     *
     * @param missed whether there were more than are told
     */
    record Changes(List<JobChange> jobs, boolean missed) {}

    /** Whether anybody wants to know which jobs change. */
    void setWatched(boolean isWatched) {
        this.isWatched = isWatched;
    }

    /** What has changed since the last call. */
    synchronized Changes take() {
        Changes taken = new Changes(List.copyOf(changes.values()), isMissing);
        changes = new LinkedHashMap<>();
        isMissing = false;
        return taken;
    }

    /** Those that were taken could not be told. */
    synchronized void miss() {
        isMissing = true;
    }

    @Override
    public void waiting(Waiting job) {
        changed(JobChange.to(JobState.PENDING, job.jobId()));
    }

    @Override
    public void assigned(JobRow job) {
        if (job.copyOf() == null) {
            changed(JobChange.of(job));
        }
    }

    @Override
    public void started(String jobId) {
        changed(JobChange.to(JobState.RUNNING, jobId));
    }

    @Override
    public void ended(JobRow job) {
        if (job.copyOf() == null) {
            changed(JobChange.of(job));
        }
    }

    @Override
    public void cancelRequested(JobRow job) {
        changed(JobChange.of(job));
    }

    private synchronized void changed(JobChange change) {
        if (!isWatched) {
            return;
        }
        if (changes.size() < CHANGES_MAX || changes.containsKey(change.jobId())) {
            changes.put(change.jobId(), change);
        } else {
            isMissing = true;
        }
    }
}
