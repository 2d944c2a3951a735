package io.sandrun.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * On which terms the owner of a node lets it work: what a broker has to heed when it hands out jobs.
 *
 * @param closed why the node takes no work now, or null if it takes some
 * @param memoryMb what the jobs that it has at once may have together, their files included, MiB; null for no cap
 * @param keys ids of the API keys whose jobs it takes; null for everybody's
 */
public record OwnerTerms(
        @Nullable Closed closed,
        @Nullable Long memoryMb,
        @Nullable List<String> keys) {
    /** Of an owner who has said nothing, and of an older node. */
    public static final OwnerTerms NONE = new OwnerTerms(null, null, null);

    /**
     * @param code of a {@link ClosedCause}; another of a newer node
     * @param reason in the node's words, to follow "It is"
     * @param until when that ends, seconds since 1970; null where nobody knows
     */
    public record Closed(
            String code, String reason, @Nullable Double until) {}

    public OwnerTerms {
        keys = keys == null ? null : List.copyOf(keys);
    }

    /** Whether jobs of a client, by the id of its key, may run there. */
    public boolean takesJobsOf(String client) {
        return keys == null || keys.contains(client);
    }
}
