package io.sandrun.broker.reputation;

/**
 * The dice of one job, thrown when it is submitted and kept with it, so that a decision is the same however often it is
 * asked for. Nodes must not know it: who knew which answers will be checked could lie in the others.
 *
 * @param drawn 64 random bits
 */
public record Lot(long drawn) {
    private static final double FACES = 1L << 32;

    /** Whether something of this probability happens: the answer is checked. */
    boolean checks(double chance) {
        return (drawn >>> 32) / FACES < chance;
    }

    /** Likewise, independent of the other: the decided job is sent again. */
    boolean asksAgain(double chance) {
        return (drawn & 0xffff_ffffL) / FACES < chance;
    }
}
