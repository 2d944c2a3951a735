package io.sandrun.broker.job;

import io.sandrun.broker.node.Node;
import io.sandrun.broker.store.Tables;

/** How much a node may be handed. Asked inside the claim's transaction, so that two claims cannot both be the last. */
public interface Allowance {
    /**
     * How many jobs it may be handed now.
     *
     * @param wanted how many it can start
     */
    int jobs(Tables tables, Node node, int wanted);

    /** How many of these may be copies of verified jobs; asked where copies wait. */
    int copies(Tables tables, Node node);

    /** Whether copies of one job may be at nodes of one address. */
    boolean isAnyAddressGood();
}
