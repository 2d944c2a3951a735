package io.sandrun.protocol;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a job needs of its node beside interpreter and memory.
 *
 * @param interpreterVersion which versions of the interpreter will do, {@code >=3.9,<4}, or null for any
 * @param environment the environment that the node must have prepared, or null
 * @param cores cores that the node must have, 0 for any
 * @param gpu GPUs that the node must have
 * @param labels labels that the node must carry with exactly these values
 * @param requires a condition on the node's labels, {@code region in (eu, us) and ssd = true}, or null
 * @param isolation layers of the sandbox that must be active there, {@code cgroup:memory}
 * @param node the id of the only node that may run it, or null
 */
public record JobNeeds(
        @Nullable String interpreterVersion,
        @Nullable String environment,
        int cores,
        GpuNeed gpu,
        Map<String, String> labels,
        @Nullable String requires,
        List<String> isolation,
        @Nullable String node) {
    public static final JobNeeds NONE = new JobNeeds(null, null, 0, GpuNeed.NONE, Map.of(), null, List.of(), null);

    /**
     * @param count 0 for none
     * @param vramMb memory that each of them must have, MiB
     */
    public record GpuNeed(int count, long vramMb) {
        public static final GpuNeed NONE = new GpuNeed(0, 0);
    }

    public JobNeeds {
        labels = Map.copyOf(labels);
        isolation = List.copyOf(isolation);
    }
}
