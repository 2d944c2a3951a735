package io.sandrun.broker.reputation;

import io.sandrun.broker.reputation.Ballot.Answer;
import io.sandrun.broker.reputation.Decision.Accept;
import io.sandrun.broker.reputation.Decision.Add;
import io.sandrun.broker.reputation.Decision.Basis;
import io.sandrun.broker.reputation.Decision.Fail;
import io.sandrun.broker.reputation.Decision.Wait;
import java.util.List;
import java.util.Optional;

/**
 * Which answer of a job's copies is believed, and when more copies are needed.
 *
 * <p>Theory of operation. The first copy goes out alone. If a proven node gets it, its answer is taken, but for spot
 * checks: these are made after it has answered, so that neither it nor an accomplice knows whether one will come. If
 * any other node gets it, as many copies are made as the submitter asked for.
 *
 * <p>Two proven nodes that agree decide when nobody objects. Otherwise all copies must have answered, the quorum must
 * be reached, and it must be ahead of every other answer by a quorum. So two colluders never outvote one honest node:
 * with a quorum of two, two against one is not enough, and more nodes are asked. Nor do any number of new keys outvote
 * a proven node: the answer that wins must have more proven nodes for it than any other, if there are any. Doubted
 * nodes can object and not support; barred nodes count for nothing.
 *
 * <p>When an answer is accepted, those that said otherwise are blamed. When none can be, nobody is: a job that prints
 * the time has as many answers as copies, and all its nodes are honest.
 *
 * <p>A pure function: it may be asked as often as anything changes, and says the same again if nothing did.
 */
public final class Verification {
    /**
     * The share of jobs that several nodes have decided which are sent to one more node, whose answer is then known
     * before. It cannot tell that it is tested, and no accomplice can cover for it. At steady state one job in twenty
     * is decided by several nodes, so this costs 1 %.
     */
    static final double KNOWN_ANSWERS = 0.2;

    private final Terms terms;
    private final List<Copy> copies;
    private final Lot lot;
    private final Ballot ballot;

    private Verification(Terms terms, List<Copy> copies, Lot lot) {
        this.terms = terms;
        this.copies = copies;
        this.lot = lot;
        this.ballot = Ballot.of(copies);
    }

    /**
     * Decides.
     *
     * @param copies all that were made of the job, the lost ones too, with what their nodes are known for now
     * @param lot the job's own
     */
    public static Decision decide(Terms terms, List<Copy> copies, Lot lot) {
        return new Verification(terms, copies, lot).decision();
    }

    /**
     * What comes of a job for which no further node is there: by the same rules, what was answered must do.
     *
     * @param copies all that were handed out, and none of them is with a node
     */
    public static Decision giveUp(Terms terms, List<Copy> copies, Lot lot) {
        return new Verification(terms, copies, lot).lastWord();
    }

    private Decision lastWord() {
        Optional<Answer> leader = ballot.leader();
        return leader.isPresent() && isEnough(leader.get())
                ? accept(leader.get(), Basis.QUORUM)
                : new Fail(tooLittle());
    }

    private String tooLittle() {
        return ballot.given() == 0
                ? "None of its copies was answered."
                : ("Of its copies %d answered, %s of them alike: it takes %d, and one answer that is ahead of the "
                                + "others by %d.")
                        .formatted(ballot.given(), ballot.counts(), terms.replicas(), terms.quorum());
    }

    private Decision decision() {
        if (lost() > terms.copiesMax()) {
            return new Fail("%d copies were lost with their nodes; %d answered.".formatted(lost(), ballot.given()));
        }
        if (hopeful() == 0) {
            return add(1);
        }
        Optional<Answer> leader = ballot.leader();
        if (hopeful() == 1 && leader.isPresent() && leader.get().proven() == 1) {
            return ofOneProven(leader.get());
        }
        if (leader.isPresent() && isBeyondDoubt(leader.get())) {
            return accept(leader.get(), Basis.PROVEN);
        }
        if (isAnyUnproven() && hopeful() < terms.replicas()) {
            return add(terms.replicas() - hopeful());
        }
        if (pending() > 0) {
            return new Wait();
        }
        return ofAllAnswered(leader.orElseThrow());
    }

    private Decision ofOneProven(Answer answer) {
        Reputation node = copies.stream()
                .filter(copy -> copy.isAnsweredBy(Standing.PROVEN))
                .findFirst()
                .orElseThrow()
                .node();
        boolean mayAnotherDoBetter = answer.dependsOnMachine();
        boolean isSpotCheck = node == null || lot.checks(node.spotCheckChance());
        return mayAnotherDoBetter || isSpotCheck ? add(1) : accept(answer, Basis.WORD);
    }

    private boolean isBeyondDoubt(Answer answer) {
        return answer.proven() >= 2 && ballot.against(answer) == 0;
    }

    private Decision ofAllAnswered(Answer leader) {
        if (isEnough(leader)) {
            return accept(leader, Basis.QUORUM);
        }
        if (ballot.isAllDifferent() && ballot.given() >= terms.differentMax()) {
            return new Fail("No two of %d copies gave the same answer: the job does not compute the same each time."
                    .formatted(ballot.given()));
        }
        int wanted = Math.max(1, Math.max(terms.replicas() - ballot.given(), terms.quorum() - ahead(leader)));
        return add(wanted);
    }

    private boolean isEnough(Answer leader) {
        int provenAgainst = ballot.provenAgainst(leader);
        return ballot.given() >= terms.replicas()
                && ahead(leader) >= terms.quorum()
                && (provenAgainst == 0 || leader.proven() > provenAgainst);
    }

    private int ahead(Answer leader) {
        return leader.support() - ballot.against(leader);
    }

    /** As many more as there is room for. */
    private Decision add(int wanted) {
        int room = terms.copiesMax() - (copies.size() - lost());
        if (room > 0) {
            return new Add(Math.min(wanted, room));
        }
        return pending() > 0 ? new Wait() : new Fail(split());
    }

    private String split() {
        return ballot.given() == 0
                ? "All %d copies went to nodes that have been barred since.".formatted(copies.size() - lost())
                : ("%d copies gave different answers, %s times: none is ahead of the others by %d "
                                + "and has the more proven nodes.")
                        .formatted(ballot.given(), ballot.counts(), terms.quorum());
    }

    private Accept accept(Answer answer, Basis basis) {
        List<Verdict> verdicts =
                copies.stream().map(copy -> Verdict.of(copy, answer.digest())).toList();
        if (basis == Basis.WORD) {
            return new Accept(
                    answer.digest(),
                    basis,
                    verdicts.stream()
                            .map(verdict -> verdict == Verdict.AGREED ? Verdict.TAKEN : verdict)
                            .toList(),
                    false);
        }
        boolean askAgain = !answer.dependsOnMachine() && lot.asksAgain(KNOWN_ANSWERS);
        return new Accept(answer.digest(), basis, verdicts, askAgain);
    }

    private int lost() {
        return (int) copies.stream().filter(Copy::isLost).count();
    }

    /** Copies that have an answer which counts, or may get one. */
    private int hopeful() {
        return (int) copies.stream()
                .filter(copy -> !copy.isLost() && !copy.isWith(Standing.BARRED))
                .count();
    }

    /** Copies without an answer that may get one which counts. */
    private int pending() {
        return hopeful() - ballot.given();
    }

    private boolean isAnyUnproven() {
        return copies.stream()
                .anyMatch(copy -> !copy.isLost() && (copy.isWith(Standing.NEW) || copy.isWith(Standing.DOUBTED)));
    }
}
