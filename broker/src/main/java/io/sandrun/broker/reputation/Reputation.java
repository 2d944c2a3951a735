package io.sandrun.broker.reputation;

import org.jspecify.annotations.Nullable;

/**
 * What is known of one node's answers. Immutable; each event makes another one.
 *
 * @param streak answers since the last rejected one that other nodes were asked to check, and confirmed
 * @param agreements all that were checked and confirmed
 * @param unchecked answers that were taken on its word
 * @param rejections all that were checked and found wrong
 * @param strikes rejections that are still held against it
 * @param failures copies that it took and never answered, or whose limits it alone found too narrow
 * @param failuresInARow those since its last answer that was worth something
 * @param lastAgainst the job whose answer of it was rejected last
 */
public record Reputation(
        int streak,
        int agreements,
        int unchecked,
        int rejections,
        int strikes,
        int failures,
        int failuresInARow,
        @Nullable String lastAgainst) {

    /**
     * Passed checks in a row that make a node proven. A node that lies in one answer of five gets through with 1 %; one
     * that lies in all must first compute twenty jobs, which is as much as it can spoil afterwards.
     */
    public static final int PROVEN_AFTER = 20;

    /** The streak that a node needs grows by this with each strike: who lied may come back, slowly. */
    private static final int SLOWER_PER_STRIKE = 10;

    /**
     * Rejections that bar a node. One may be a bit that fell over in an old memory, two may be bad luck; the same
     * machine three times is to be repaired or a liar.
     */
    public static final int STRIKES_TO_BAR = 3;

    /**
     * A strike is forgotten after so many passed checks in a row. Of proven nodes one answer in twenty is checked: that
     * is one wrong answer in 40,000, which an honest machine may have, and too slow a gain for one that plans it.
     */
    private static final int STRIKE_FORGOTTEN_AFTER = 2_000;

    /**
     * The share of a proven node's answers that is checked in any case: one more execution each, so 5 % of all, which
     * leaves as much again for known answers, new nodes and liars before it costs 1.1 executions per job. A proven node
     * that begins to lie is caught after twenty lies on average.
     */
    static final double SPOT_CHECK_FLOOR = 0.05;

    /** A node that just got proven is checked twice as often as at the floor: a tenth of its answers, then less. */
    private static final double SPOT_CHECKS_PER_STREAK = SPOT_CHECK_FLOOR * 2 * PROVEN_AFTER;

    /** Failures in a row after which its answers are watched: more than a broken cable on one afternoon makes. */
    public static final int FAILURES_TO_DOUBT = 5;

    /**
     * Failures in a row after which it only holds up jobs. Each costs a job one more lease, and nobody a wrong answer.
     */
    static final int FAILURES_TO_BAR = 20;

    /**
     * Copies that an unproven node holds at once: fresh keys cost nothing, and many of them with many slots each would
     * meet each other in every job.
     */
    private static final int COPIES_OF_NEW = 4;

    /** One at a time: a doubted node can still redeem itself, but no longer holds up much. */
    private static final int COPIES_OF_DOUBTED = 1;

    private static final String BESIDE_BARRED = "its owner or address has a barred node";

    /** What nobody knows anything of. */
    public static final Reputation NEWCOMER = new Reputation(0, 0, 0, 0, 0, 0, 0, null);

    /** A new key of an owner or an address that has a barred node: one rejected answer, and it is barred as well. */
    public static Reputation besideBarred() {
        return new Reputation(0, 0, 0, 0, STRIKES_TO_BAR - 1, 0, 0, null);
    }

    /** Others were asked, and say the same. */
    public Reputation agreed() {
        int longer = plusOne(streak);
        int left = strikes > 0 && longer % STRIKE_FORGOTTEN_AFTER == 0 ? strikes - 1 : strikes;
        return new Reputation(longer, plusOne(agreements), unchecked, rejections, left, failures, 0, lastAgainst);
    }

    /** Its answer was taken, and nobody else was asked. */
    public Reputation taken() {
        return new Reputation(streak, agreements, plusOne(unchecked), rejections, strikes, failures, 0, lastAgainst);
    }

    /** Others were asked, and outvoted it. */
    public Reputation rejected(String jobId) {
        return new Reputation(
                0, agreements, unchecked, plusOne(rejections), plusOne(strikes), failures, failuresInARow, jobId);
    }

    /** It took a copy and had no answer, or one that says more about the machine than about the job. */
    public Reputation failed() {
        return new Reputation(
                streak,
                agreements,
                unchecked,
                rejections,
                strikes,
                plusOne(failures),
                plusOne(failuresInARow),
                lastAgainst);
    }

    /** An administrator gives it another chance; what happened stays on record. */
    public Reputation forgiven() {
        return new Reputation(0, agreements, unchecked, rejections, 0, failures, 0, lastAgainst);
    }

    public Standing standing() {
        if (strikes >= STRIKES_TO_BAR || failuresInARow >= FAILURES_TO_BAR) {
            return Standing.BARRED;
        }
        if (failuresInARow >= FAILURES_TO_DOUBT) {
            return Standing.DOUBTED;
        }
        if (streak >= provenAfter()) {
            return Standing.PROVEN;
        }
        return strikes > 0 ? Standing.DOUBTED : Standing.NEW;
    }

    /** The streak from which it is proven. */
    private int provenAfter() {
        int needed = PROVEN_AFTER;
        for (int strike = 0; strike < strikes; strike++) {
            needed *= SLOWER_PER_STRIKE;
        }
        return needed;
    }

    /** How probable it is that an answer of it is checked: 1 until it is proven. */
    public double spotCheckChance() {
        return standing() == Standing.PROVEN ? Math.max(SPOT_CHECK_FLOOR, SPOT_CHECKS_PER_STREAK / streak) : 1;
    }

    /** How many copies of verified jobs it may hold at once; 0 if it gets no work at all. */
    public int copiesAtOnce() {
        return switch (standing()) {
            case NEW -> COPIES_OF_NEW;
            case PROVEN -> Integer.MAX_VALUE;
            case DOUBTED -> COPIES_OF_DOUBTED;
            case BARRED -> 0;
        };
    }

    /** Why its standing is what it is, for people. */
    public String reason() {
        return switch (standing()) {
            case NEW -> "%d of %d checks passed".formatted(streak, PROVEN_AFTER);
            case PROVEN ->
                "%s passed since the last rejected answer; %.0f %% of its answers are checked"
                        .formatted(count(streak, "check"), 100 * spotCheckChance());
            case DOUBTED -> against() + "; all its answers are checked";
            case BARRED -> against();
        };
    }

    private String against() {
        if (failuresInARow >= FAILURES_TO_DOUBT && strikes < STRIKES_TO_BAR) {
            return "it left its last " + count(failuresInARow, "job") + " without an answer";
        }
        if (rejections == 0) {
            return BESIDE_BARRED;
        }
        String outvoted =
                rejections == 1 ? "an answer of it was outvoted" : rejections + " of its answers were outvoted";
        String last =
                outvoted + ", last in job " + lastAgainst + (strikes > rejections ? ", and " + BESIDE_BARRED : "");
        return strikes >= STRIKES_TO_BAR
                ? last
                : last + " (%d of %d checks passed since)".formatted(streak, provenAfter());
    }

    private static String count(int number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }

    /** Counters stop at their end rather than start again below zero. */
    private static int plusOne(int counter) {
        return counter == Integer.MAX_VALUE ? counter : counter + 1;
    }
}
