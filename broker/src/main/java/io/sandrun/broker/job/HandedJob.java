package io.sandrun.broker.job;

import io.sandrun.broker.job.JobLifecycle.Assigned;
import io.sandrun.broker.job.JobLifecycle.Original;
import io.sandrun.broker.store.JobTable.Held;
import io.sandrun.broker.store.Lease;
import io.sandrun.protocol.JobSpec;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a node is given of a job: the same whenever it is asked, since a receipt is compared with it. */
public final class HandedJob {
    private HandedJob() {}

    /** What a claim hands out. */
    public static ClaimedJob of(Assigned assigned) {
        return of(assigned.lease(), assigned.job().attempt(), assigned.spec(), assigned.original());
    }

    /** What was handed out under a lease that is held. */
    public static ClaimedJob of(Lease lease, Held held) {
        String originalId = held.originalId();
        Original original = originalId == null ? null : new Original(originalId, held.originalSubmittedAtMs());
        return of(lease, held.attempt(), held.spec(), original);
    }

    private static ClaimedJob of(Lease lease, int attempt, String specJson, @Nullable Original original) {
        JobSpec spec = Json.read(specJson, JobSpec.class);
        // Every copy of a job is to compute the same.
        Map<String, String> env = original == null ? spec.env() : SameEnvironment.of(original, spec.env());
        return new ClaimedJob(
                lease.jobId(),
                lease.leaseId(),
                attempt,
                spec.code(),
                spec.interpreter(),
                spec.args(),
                env,
                spec.stdin(),
                spec.limits(),
                spec.needs().environment(),
                spec.files());
    }
}
