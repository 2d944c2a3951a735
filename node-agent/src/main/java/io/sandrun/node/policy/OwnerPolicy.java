package io.sandrun.node.policy;

import io.sandrun.protocol.NodeMessages.ClaimedJob;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the owner of a machine allows on it. Immutable.
 *
 * @param hours in which it works
 * @param maxLoad cores that other programs may keep busy while it works, on average of the last minute; null for any
 * @param mayUseBattery whether it works without mains
 * @param memoryMb what the jobs that run at once may have together, their files included, MiB; null for no cap
 * @param keepFreeDiskMb how much of the disk with the node's data stays free, MiB
 * @param keys ids of the API keys whose jobs may run; null for everybody's
 * @param environments the only ones to offer; null for all that work
 * @param interpreters likewise, for jobs in no environment
 * @param whenClosed what becomes of running jobs when it takes no more work
 * @param grace how long they go on before they are given back
 */
public record OwnerPolicy(
        OpenHours hours,
        @Nullable Double maxLoad,
        boolean mayUseBattery,
        @Nullable Long memoryMb,
        long keepFreeDiskMb,
        @Nullable List<String> keys,
        @Nullable Set<String> environments,
        @Nullable Set<String> interpreters,
        WhenClosed whenClosed,
        Duration grace) {
    /** Of an owner who has said nothing. */
    public static final OwnerPolicy NONE = new OwnerPolicy(
            OpenHours.always(), null, true, null, 0, null, null, null, WhenClosed.FINISH, Duration.ZERO);

    /** What becomes of running jobs when the machine takes no more work. */
    public enum WhenClosed {
        /** They go on to their end. */
        FINISH,
        /** They are stopped, and others run them: that is no attempt that failed. */
        GIVE_BACK
    }

    public OwnerPolicy {
        keys = keys == null ? null : List.copyOf(keys);
        environments = environments == null ? null : Set.copyOf(environments);
        interpreters = interpreters == null ? null : Set.copyOf(interpreters);
    }

    public boolean offersEnvironment(String name) {
        return environments == null || environments.contains(name);
    }

    public boolean offersInterpreter(String name) {
        return interpreters == null || interpreters.contains(name);
    }

    /** Whether a job may run here, whatever the broker thinks; whose it is a node is not told. */
    public boolean allows(ClaimedJob job) {
        String environment = job.environment();
        return environment == null ? offersInterpreter(job.interpreter()) : offersEnvironment(environment);
    }

    /** Whether it has a rule about what no event tells of, so that one has to look. */
    boolean needsReadings() {
        return maxLoad != null || !mayUseBattery || keepFreeDiskMb > 0;
    }
}
