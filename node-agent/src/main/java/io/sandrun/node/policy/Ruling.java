package io.sandrun.node.policy;

import io.sandrun.protocol.OwnerTerms;
import org.jspecify.annotations.Nullable;

/**
 * What holds now: the owner's policy, and what follows from it.
 *
 * @param closure why the node takes no work, or null if it takes some
 */
public record Ruling(OwnerPolicy policy, @Nullable Closure closure) {
    public static final Ruling FREE = new Ruling(OwnerPolicy.NONE, null);

    public boolean isOpen() {
        return closure == null;
    }

    /** As a broker is told. */
    public OwnerTerms terms() {
        return new OwnerTerms(closure == null ? null : closure.wire(), policy.memoryMb(), policy.keys());
    }

    boolean isStill(Ruling other) {
        return policy.equals(other.policy)
                && (closure == null ? other.closure == null : closure.isStill(other.closure));
    }
}
