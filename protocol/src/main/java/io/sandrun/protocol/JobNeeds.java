package io.sandrun.protocol;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a job needs of its node beside interpreter and memory.
 *
 * @param cores cores that the node must have, 0 for any
 * @param gpus GPUs that the node must have, 0 for none
 * @param labels labels that the node must carry with exactly these values
 * @param node the id of the only node that may run it, or null
 */
public record JobNeeds(
        int cores,
        int gpus,
        Map<String, String> labels,
        @Nullable String node) {
    public static final JobNeeds NONE = new JobNeeds(0, 0, Map.of(), null);

    public JobNeeds {
        labels = Map.copyOf(labels);
    }
}
