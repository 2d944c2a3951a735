package io.sandrun.broker.node;

import java.util.Locale;

/** How a node stands, in one word for people. */
public enum NodeState {
    /** It gets work. */
    ACTIVE,
    /** It is live and gets none, since its answers were wrong. */
    BARRED,
    /** It gets no more and still has some. */
    DRAINING,
    /** Likewise, and has none left. */
    DRAINED,
    /** Its owner lets it take none now, and it still has some. */
    CLOSING,
    /** Likewise, and has none left. */
    CLOSED,
    /** It is not heard of any more. */
    SILENT,
    /** It said farewell. */
    LEFT,
    /** It is not of this pool (any more). */
    UNLISTED;

    /** @param running how many jobs it has */
    public static NodeState of(Node node, NodeRegistry registry, int running) {
        if (!registry.isAdmitted(node)) {
            return UNLISTED;
        }
        if (!registry.isLive(node)) {
            return node.hasLeft() ? LEFT : SILENT;
        }
        if (node.isDrained()) {
            return running > 0 ? DRAINING : DRAINED;
        }
        if (node.isBarred()) {
            return BARRED;
        }
        return !node.isClosed() ? ACTIVE : running > 0 ? CLOSING : CLOSED;
    }

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
