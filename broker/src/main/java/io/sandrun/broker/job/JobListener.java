package io.sandrun.broker.job;

import io.sandrun.broker.store.CopyTable.Place;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.Waiting;
import java.util.List;

/**
 * Hears of jobs after the commit, on the writer's thread, in the order in which things happened. Must be quick and must
 * not wait.
 */
public interface JobListener {
    /**
     * Unlike all else, before the commit: a new job is written that waits for a node. It may be told again, or never
     * come about; what is written to the store from here is part of the same transaction.
     */
    default void arriving(Waiting job) {}

    /** A job waits for a node: a new one, or one whose lease is gone. */
    void waiting(Waiting job);

    /**
     * A copy of a verified job waits for a node.
     *
     * @param apart where it may not go: other copies of the job are or were there
     */
    default void copyWaiting(Waiting copy, List<Place> apart) {}

    /** A node was handed a job, or a copy of one. */
    default void assigned(JobRow job) {}

    /** The program of a job runs. */
    default void started(String jobId) {}

    /** A node was handed a copy of the verified job with this id. */
    default void copyAssigned(JobRow copy, String jobId) {}

    /** A job waits for its time, in milliseconds since 1970. */
    default void delayed(long dueAtMs) {}

    /** The lease on a job has ended: it has its outcome, or waits again. What follows from that is told after this. */
    default void leaseEnded(JobRow job) {}

    /** A job's holder has told its outcome, with which the job ends next. */
    default void reported(JobRow job, AttemptEnd end) {}

    /** A job's holder has told how its program failed, after which it waits to be tried again. */
    default void failedForNow(JobRow job, AttemptEnd end) {}

    /** The holder of a job, or of a copy, has told that it could not run it: no doing of the program. */
    default void faulted(JobRow job, AttemptEnd end) {}

    /** As {@link #reported}, of a copy. */
    default void copyReported(JobRow copy, AttemptEnd end) {}

    /**
     * A verified job was decided, with which it ends next.
     *
     * @param outputBytes of the files that it was given from a copy; 0 if the copies did not agree
     */
    default void answered(JobRow job, long outputBytes) {}

    /** A job has its outcome. */
    void ended(JobRow job);

    /** Someone wants the end of a job that a node holds. */
    default void cancelRequested(JobRow job) {}

    /** Jobs are no longer remembered. */
    default void forgotten(List<String> jobIds) {}
}
