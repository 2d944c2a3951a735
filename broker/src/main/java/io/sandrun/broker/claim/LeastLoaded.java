package io.sandrun.broker.claim;

import io.sandrun.broker.node.Node;
import io.sandrun.broker.requirement.RequirementClass;
import java.util.Optional;

/**
 * Spreads jobs over the nodes that could have them: each goes to the least loaded, be its claim here or on its way, and
 * while others have as much room, a claim gets no more than its turn. Not thread-safe: the desk guards it.
 */
final class LeastLoaded {
    private final NodeRoom room;
    private final IdleClaims idle;
    private final ExpectedClaims expected = new ExpectedClaims();

    LeastLoaded(NodeRoom room, IdleClaims idle) {
        this.room = room;
        this.idle = idle;
    }

    /** The claim that waits and shall have the job; empty if none may. */
    Optional<ParkedClaim> best(RequirementClass needs, Offer offer) {
        return idle.best(needs, node -> room.isLeft(node) && offer.isFor(node));
    }

    /** Whether a node with more room than this claim's is about to claim, and may have the job. */
    boolean isBetterExpected(Offer offer, RequirementClass needs, ParkedClaim best) {
        return expected.any(node -> room.load(node) < room.load(best.node)
                && needs.isMetBy(node)
                && room.isLeft(node)
                && offer.isFor(node));
    }

    /**
     * How many jobs a claim may have that tries now: all that it can start, unless it was woken while others wait, or
     * others that have as much room are about to claim.
     */
    int wanted(ParkedClaim claim) {
        if (!claim.isIdle()) {
            return idle.hasOthersThan(claim.node) ? claim.offers.size() : claim.slots;
        }
        double loadWithOne = room.loadWithOneMore(claim.node);
        return expected.any(node -> node != claim.node && room.load(node) < loadWithOne && room.isLeft(node))
                ? 1
                : claim.slots;
    }

    /** It could start more than it got: another claim of its node is on its way. */
    void claimsSoon(Node node) {
        expected.soon(node);
    }

    /** A claim of that node has tried. */
    void hasClaimed(Node node) {
        expected.came(node);
    }
}
