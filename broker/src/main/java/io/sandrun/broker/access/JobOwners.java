package io.sandrun.broker.access;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.store.Store;
import java.util.Optional;

/** Keeps each job to those who may know of it. Thread-safe. */
public final class JobOwners {
    private final Store store;

    public JobOwners(Store store) {
        this.store = store;
    }

    /**
     * @throws Refusal if the job is none that this caller may know of: the very same, and after the same work, as for
     *     one that never was
     */
    public void require(Principal caller, String jobId) {
        if (caller.seesAll()) {
            return;
        }
        Optional<String> owner = store.read(tables -> tables.jobs().client(jobId));
        if (owner.filter(caller::seesJobsOf).isEmpty()) {
            throw Refusal.unknownJob(jobId);
        }
    }
}
