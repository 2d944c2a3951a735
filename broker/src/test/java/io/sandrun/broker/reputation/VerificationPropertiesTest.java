package io.sandrun.broker.reputation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.reputation.Decision.Accept;
import io.sandrun.broker.reputation.Decision.Add;
import io.sandrun.broker.reputation.Decision.Basis;
import io.sandrun.broker.reputation.Decision.Fail;
import io.sandrun.broker.reputation.Decision.Wait;
import io.sandrun.protocol.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds of every decision, tried on random jobs that are played to their end. */
class VerificationPropertiesTest {
    private static final int JOBS = 5_000;
    private static final String TRUTH = "truth";

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @BeforeEach
    void tell_the_seed() {
        System.out.println("VerificationPropertiesTest: seed " + seed);
    }

    /** One job: copies are handed to nodes, which answer in any order or get lost, until there is a decision. */
    private final class Played {
        private final Terms terms;
        private final Lot lot = new Lot(random.nextLong());
        private final List<Copy> copies = new ArrayList<>();
        private final List<Integer> nodes = new ArrayList<>();
        private final IntFunction<Reputation> standing;
        private final IntFunction<String> answers;
        private final double lossRate;

        Played(Terms terms, IntFunction<Reputation> standing, IntFunction<String> answers, double lossRate) {
            this.terms = terms;
            this.standing = standing;
            this.answers = answers;
            this.lossRate = lossRate;
        }

        Decision toItsEnd() {
            while (true) {
                Decision decision = decideTwice();
                if (decision instanceof Add add) {
                    assertThat(add.copies()).isPositive();
                    copies.addAll(Collections.nCopies(add.copies(), Copy.queued()));
                    for (int copy = 0; copy < add.copies(); copy++) {
                        nodes.add(nodes.size());
                    }
                } else if (decision instanceof Wait) {
                    assertThat(step()).as("copies to wait for").isTrue();
                } else {
                    return decision;
                }
                assertThat(ran()).isLessThanOrEqualTo(terms.copiesMax());
                assertThat(copies).hasSizeLessThanOrEqualTo(2 * terms.copiesMax() + terms.replicas());
            }
        }

        private Decision decideTwice() {
            Decision decision = Verification.decide(terms, copies, lot);
            assertThat(Verification.decide(terms, List.copyOf(copies), lot)).isEqualTo(decision);
            return decision;
        }

        private boolean step() {
            List<Integer> open = new ArrayList<>();
            for (int index = 0; index < copies.size(); index++) {
                if (copies.get(index).state().compareTo(Copy.State.ANSWERED) < 0) {
                    open.add(index);
                }
            }
            if (open.isEmpty()) {
                return false;
            }
            int index = open.get(random.nextInt(open.size()));
            Reputation node = standing.apply(nodes.get(index));
            if (copies.get(index).state() == Copy.State.QUEUED) {
                copies.set(index, Copy.at(node));
            } else if (random.nextDouble() < lossRate) {
                copies.set(index, Copy.lost(node));
            } else {
                copies.set(index, Copy.answered(node, answers.apply(nodes.get(index)), Outcome.OK));
            }
            return true;
        }

        private long ran() {
            return copies.stream().filter(copy -> !copy.isLost()).count();
        }
    }

    private Terms anyTerms() {
        int quorum = 2 + random.nextInt(3);
        return new Terms(quorum + random.nextInt(3), quorum);
    }

    private Reputation anyNode() {
        List<Reputation> kinds = List.of(Ballots.NEW, Ballots.PROVEN, Ballots.DOUBTED, Ballots.BARRED);
        return kinds.get(random.nextInt(kinds.size()));
    }

    /** The same nodes for the whole of a job. */
    private <T> IntFunction<T> fixed(IntFunction<T> kinds) {
        List<T> drawn = new ArrayList<>();
        return index -> {
            while (drawn.size() <= index) {
                drawn.add(kinds.apply(drawn.size()));
            }
            return drawn.get(index);
        };
    }

    @Test
    void every_job_is_decided_within_its_bounds_whatever_its_nodes_do() {
        for (int job = 0; job < JOBS; job++) {
            double lossRate = random.nextDouble();
            int answers = 1 + random.nextInt(4);
            Decision decision = new Played(
                            anyTerms(),
                            fixed(index -> anyNode()),
                            fixed(index -> "answer " + random.nextInt(answers)),
                            lossRate)
                    .toItsEnd();
            assertThat(decision).isInstanceOfAny(Accept.class, Fail.class);
        }
    }

    @Test
    void honest_nodes_always_get_their_answer_accepted_and_agree() {
        for (int job = 0; job < JOBS; job++) {
            Played played = new Played(
                    anyTerms(),
                    fixed(index -> random.nextBoolean() ? Ballots.NEW : Ballots.PROVEN),
                    index -> TRUTH,
                    0.1 * random.nextDouble());
            Decision decision = played.toItsEnd();
            assertThat(decision).isInstanceOfSatisfying(Accept.class, accept -> {
                assertThat(accept.digest()).isEqualTo(TRUTH);
                assertThat(accept.verdicts()).doesNotContain(Verdict.REJECTED, Verdict.FAILED);
                assertThat(accept.verdicts()).hasSameSizeAs(played.copies);
            });
        }
    }

    /** Fewer colluders than the quorum, whatever the honest nodes' standing is as long as it counts. */
    @Test
    void colluders_of_a_quorum_who_are_not_proven_never_get_a_lie_accepted_nor_an_honest_node_blamed() {
        for (int job = 0; job < JOBS; job++) {
            Terms terms = anyTerms();
            List<Integer> places = new ArrayList<>();
            for (int place = 0; place < terms.replicas(); place++) {
                places.add(place);
            }
            Collections.shuffle(places, random);
            // As many as the quorum, all of them among the first copies if there is place for an honest one as well.
            int liars = Math.min(terms.quorum(), terms.replicas() - 1);
            List<Integer> lying = places.subList(0, liars);
            Decision decision = new Played(
                            terms,
                            fixed(index ->
                                    lying.contains(index) || random.nextBoolean() ? Ballots.NEW : Ballots.PROVEN),
                            index -> lying.contains(index) ? "lie" : TRUTH,
                            0)
                    .toItsEnd();
            assertThat(decision).isInstanceOfSatisfying(Accept.class, accept -> {
                assertThat(accept.digest()).isEqualTo(TRUTH);
                for (int copy = 0; copy < accept.verdicts().size(); copy++) {
                    if (!lying.contains(copy)) {
                        assertThat(accept.verdicts().get(copy)).isNotEqualTo(Verdict.REJECTED);
                    }
                }
            });
        }
    }

    @Test
    void an_answer_is_taken_on_one_word_only_if_it_is_that_of_a_proven_node_alone() {
        for (int job = 0; job < JOBS; job++) {
            Played played = new Played(
                    anyTerms(), fixed(index -> anyNode()), fixed(index -> "answer " + random.nextInt(2)), 0.2);
            if (played.toItsEnd() instanceof Accept accept && accept.basis() == Basis.WORD) {
                List<Copy> counted = played.copies.stream()
                        .filter(copy -> !copy.isLost() && !copy.isWith(Standing.BARRED))
                        .toList();
                assertThat(counted).singleElement().matches(copy -> copy.isAnsweredBy(Standing.PROVEN));
                assertThat(accept.askAgain()).isFalse();
            }
        }
    }

    @Test
    void no_answer_is_accepted_against_more_proven_nodes_than_it_has() {
        for (int job = 0; job < JOBS; job++) {
            Played played = new Played(
                    anyTerms(), fixed(index -> anyNode()), fixed(index -> "answer " + random.nextInt(3)), 0.1);
            if (played.toItsEnd() instanceof Accept accept) {
                assertThat(proven(played.copies, accept.digest()))
                        .isGreaterThanOrEqualTo(mostProvenOfOthers(played.copies, accept.digest()));
            }
        }
    }

    private static long proven(List<Copy> copies, String digest) {
        return copies.stream()
                .filter(copy -> copy.isAnsweredBy(Standing.PROVEN) && digest.equals(copy.digest()))
                .count();
    }

    private static long mostProvenOfOthers(List<Copy> copies, String digest) {
        return copies.stream()
                .map(Copy::digest)
                .distinct()
                .filter(other -> other != null && !other.equals(digest))
                .mapToLong(other -> proven(copies, other))
                .max()
                .orElse(0);
    }

    @Test
    void whatever_happens_to_a_node_its_standing_follows_from_its_record() {
        for (int round = 0; round < 200; round++) {
            Reputation node = random.nextBoolean() ? Reputation.NEWCOMER : Reputation.besideBarred();
            for (int event = 0; event < 500; event++) {
                Reputation before = node;
                node = anyEvent(node);
                assertThat(node.spotCheckChance()).isBetween(Reputation.SPOT_CHECK_FLOOR, 1.0);
                assertThat(node.reason()).isNotBlank();
                assertThat(node.copiesAtOnce() == 0).isEqualTo(node.standing() == Standing.BARRED);
                if (before.standing() == Standing.BARRED && before.strikes() > 2 && before.streak() < 1_000) {
                    assertThat(node.standing()).isEqualTo(Standing.BARRED);
                }
                if (node.standing() == Standing.PROVEN) {
                    assertThat(node.streak()).isGreaterThanOrEqualTo(Reputation.PROVEN_AFTER);
                }
            }
        }
    }

    private Reputation anyEvent(Reputation node) {
        int dice = random.nextInt(100);
        if (dice < 80) {
            return node.agreed();
        }
        if (dice < 90) {
            return node.taken();
        }
        return dice < 98 ? node.failed() : node.rejected("job_a");
    }
}
