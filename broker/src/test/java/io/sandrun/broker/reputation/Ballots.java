package io.sandrun.broker.reputation;

import static io.sandrun.broker.reputation.ReputationTest.times;

import io.sandrun.protocol.Outcome;
import java.util.Arrays;
import java.util.List;

/** Copies for tests, written short. */
final class Ballots {
    static final Terms THREE_TWO = new Terms(3, 2);

    static final Reputation NEW = Reputation.NEWCOMER;
    static final Reputation PROVEN = times(1_000, NEW, Reputation::agreed);
    static final Reputation DOUBTED = PROVEN.rejected("job_before");
    static final Reputation BARRED =
            DOUBTED.rejected("job_before").rejected("job_before").rejected("job_before");

    /** A lot that checks nothing, one that checks all, and one that checks and asks again. */
    static final Lot LUCKY = new Lot(-1);

    static final Lot CHECKED = new Lot(0x0000_0000_ffff_ffffL);
    static final Lot ASKED_AGAIN = new Lot(0);

    private Ballots() {}

    static Copy said(Reputation node, String digest) {
        return Copy.answered(node, digest, Outcome.OK);
    }

    static Copy ranOutOfTime(Reputation node) {
        return Copy.answered(node, "timeout", Outcome.TIMED_OUT);
    }

    static Decision decide(Copy... copies) {
        return Verification.decide(THREE_TWO, Arrays.asList(copies), LUCKY);
    }

    static Decision decide(Lot lot, List<Copy> copies) {
        return Verification.decide(THREE_TWO, copies, lot);
    }
}
