package io.sandrun.broker.job;

import io.sandrun.broker.job.JobLifecycle.Assigned;
import io.sandrun.broker.store.CopyTable.Place;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.Waiting;
import io.sandrun.broker.store.RetentionTable.Forgotten;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the counts and fresh results along and tells {@link JobListener}s what happened. Used after commits but for
 * {@link #arriving}, on the writer's thread.
 */
public final class JobNews {
    private final QueueCounts counts;
    private final JobResults results;
    private final List<JobListener> listeners = new CopyOnWriteArrayList<>();

    public JobNews(QueueCounts counts, JobResults results) {
        this.counts = counts;
        this.results = results;
    }

    /** To be called while the broker is put together. */
    public void addListener(JobListener listener) {
        listeners.add(listener);
    }

    /** A new job, in the transaction that writes it. */
    void arriving(Waiting job) {
        listeners.forEach(listener -> listener.arriving(job));
    }

    /** A new job, whether it waits or has its result at once. */
    void written() {
        counts.written();
    }

    /**
     * A new job that waits; answers its place in the whole queue, from 1.
     *
     * @param dueAtMs when its time comes, or null if that is now
     */
    long submitted(Waiting job, @Nullable Long dueAtMs) {
        long position = counts.submitted(job.classId());
        if (dueAtMs == null) {
            waiting(job);
        } else {
            delayed(dueAtMs);
        }
        return position;
    }

    /** How many jobs wait. */
    long pending() {
        return counts.pending();
    }

    /**
     * A new copy of a job.
     *
     * @param apart where other copies of the job are or were
     */
    public void copied(Waiting copy, List<Place> apart) {
        counts.submitted(copy.classId());
        copyWaiting(copy, apart);
    }

    /** A copy looks for a node, and there may be more places now where it may not go. */
    public void copyWaiting(Waiting copy, List<Place> apart) {
        listeners.forEach(listener -> listener.copyWaiting(copy, apart));
    }

    /** A job looks for a node that did not do so a moment ago, though it was pending. */
    void waiting(Waiting job) {
        listeners.forEach(listener -> listener.waiting(job));
    }

    private void delayed(long dueAtMs) {
        listeners.forEach(listener -> listener.delayed(dueAtMs));
    }

    void assigned(List<Assigned> jobs) {
        for (Assigned job : jobs) {
            counts.assigned(job.job().classId());
            listeners.forEach(listener -> listener.assigned(job.job()));
            JobLifecycle.Original original = job.original();
            if (original != null) {
                listeners.forEach(listener -> listener.copyAssigned(job.job(), original.jobId()));
            }
        }
    }

    /** The programs of these jobs run; of a verified job's copies each. */
    void started(List<String> jobIds) {
        jobIds.forEach(jobId -> listeners.forEach(listener -> listener.started(jobId)));
    }

    /** A job has its outcome by its holder's report. */
    void reported(JobRow job, AttemptEnd end) {
        // What a copy answers is nobody's result yet.
        if (job.copyOf() == null) {
            results.reported(job, end);
            listeners.forEach(listener -> listener.reported(job, end));
        } else {
            listeners.forEach(listener -> listener.copyReported(job, end));
        }
    }

    /** A program failed by its holder's report, and the job is to be tried again. */
    void failedForNow(JobRow job, AttemptEnd end) {
        listeners.forEach(listener -> listener.failedForNow(job, end));
    }

    /** A node could not run a job, or a copy of one, by its own report. */
    void faulted(JobRow job, AttemptEnd end) {
        listeners.forEach(listener -> listener.faulted(job, end));
    }

    /** A job's lease has ended: it has its outcome, or waits again. */
    void leaseEnded(JobRow job) {
        Long dueAtMs = job.dueAtMs();
        listeners.forEach(listener -> listener.leaseEnded(job));
        if (job.state().isFinal()) {
            counts.endedLeased();
            listeners.forEach(listener -> listener.ended(job));
            return;
        }
        counts.requeued(job.classId());
        if (job.copyOf() != null) {
            return; // Where it may go now is told by whoever looks after copies.
        }
        if (dueAtMs == null) {
            waiting(new Waiting(job.id(), job.classId(), job.client()));
        } else {
            delayed(dueAtMs);
        }
    }

    /**
     * A verified job is decided.
     *
     * @param outputBytes of the files that it was given from a copy
     */
    public void decided(JobRow job, long outputBytes) {
        listeners.forEach(listener -> listener.answered(job, outputBytes));
        endedPending(job);
    }

    /** A job has its outcome, and no node had it: it was cancelled, or verified by its copies. */
    public void endedPending(JobRow job) {
        if (job.isHandedOut()) {
            counts.endedPending(job.classId());
        }
        listeners.forEach(listener -> listener.ended(job));
    }

    /** Jobs are deleted. */
    void forgotten(Forgotten gone) {
        counts.forgotten(gone.jobs().size());
        List<String> jobIds = gone.all();
        results.forget(jobIds);
        listeners.forEach(listener -> listener.forgotten(jobIds));
    }

    public void cancelRequested(JobRow job) {
        listeners.forEach(listener -> listener.cancelRequested(job));
    }
}
