package io.sandrun.benchmarks.pool;

import io.sandrun.broker.reputation.Copy;
import io.sandrun.broker.reputation.Decision;
import io.sandrun.broker.reputation.Decision.Accept;
import io.sandrun.broker.reputation.Decision.Add;
import io.sandrun.broker.reputation.Decision.Fail;
import io.sandrun.broker.reputation.Lot;
import io.sandrun.broker.reputation.Terms;
import io.sandrun.broker.reputation.Verdict;
import io.sandrun.broker.reputation.Verification;
import io.sandrun.protocol.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Jobs of a simulated pool, one after the other, decided by the policy of the broker. One thread. */
final class PolicyRun {
    /** Of the copies that a node takes, so many are never answered: volunteers close their laptops. */
    static final double LOSSES = 0.01;

    private final Crowd crowd;
    private final Terms terms;
    private final SplittableRandom random;

    /**
     * How a job went.
     *
     * @param executions copies that were run, those for known answers too
     * @param accepted the answer that was believed; null if none was
     */
    record Ended(int executions, @Nullable String accepted) {
        boolean isWrong() {
            return accepted != null && !accepted.equals(Volunteer.RIGHT);
        }
    }

    PolicyRun(Crowd crowd, Terms terms, SplittableRandom random) {
        this.crowd = crowd;
        this.terms = terms;
        this.random = random;
    }

    /** A copy that a node has. */
    private final class Held {
        private final Volunteer node;
        private @Nullable String answer;
        private boolean isLost;

        private Held(Volunteer node) {
            this.node = node;
        }

        private boolean isOut() {
            return answer == null && !isLost;
        }

        private void end() {
            if (random.nextDouble() < LOSSES) {
                isLost = true;
                node.failed();
            } else {
                answer = node.answer(random);
            }
        }

        private Copy copy() {
            if (isLost) {
                return Copy.lost(node.reputation());
            }
            return answer == null ? Copy.at(node.reputation()) : Copy.answered(node.reputation(), answer, Outcome.OK);
        }
    }

    Ended job() {
        Lot lot = new Lot(random.nextLong());
        List<Held> copies = new ArrayList<>();
        Set<Volunteer> had = new HashSet<>();
        while (true) {
            Decision decision =
                    Verification.decide(terms, copies.stream().map(Held::copy).toList(), lot);
            if (decision instanceof Add add) {
                for (int copy = 0; copy < add.copies(); copy++) {
                    copies.add(handOut(had));
                }
            } else if (decision instanceof Accept accept) {
                return accepted(accept, copies, had);
            } else if (decision instanceof Fail) {
                return new Ended(copies.size(), null);
            } else {
                List<Held> out = copies.stream().filter(Held::isOut).toList();
                out.get(random.nextInt(out.size())).end();
            }
        }
    }

    private Held handOut(Set<Volunteer> had) {
        Volunteer node = crowd.next(had, random);
        had.add(node);
        return new Held(node);
    }

    private Ended accepted(Accept accept, List<Held> copies, Set<Volunteer> had) {
        for (int copy = 0; copy < copies.size(); copy++) {
            Held held = copies.get(copy);
            held.node.judged(accept.verdicts().get(copy));
            if (held.isOut()) {
                late(held, accept.digest());
            }
        }
        if (accept.askAgain()) {
            Held tested = handOut(had);
            late(tested, accept.digest());
            copies.add(tested);
        }
        if (!accept.digest().equals(Volunteer.RIGHT)) {
            copies.stream().filter(held -> accept.digest().equals(held.answer)).forEach(held -> held.node.wrongTaken());
        }
        return new Ended(copies.size(), accept.digest());
    }

    private static void late(Held held, String accepted) {
        held.end();
        held.node.judged(Verdict.of(held.copy(), accepted));
    }
}
