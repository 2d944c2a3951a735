package io.sandrun.broker.reputation;

import static io.sandrun.broker.reputation.Ballots.ASKED_AGAIN;
import static io.sandrun.broker.reputation.Ballots.BARRED;
import static io.sandrun.broker.reputation.Ballots.CHECKED;
import static io.sandrun.broker.reputation.Ballots.DOUBTED;
import static io.sandrun.broker.reputation.Ballots.LUCKY;
import static io.sandrun.broker.reputation.Ballots.NEW;
import static io.sandrun.broker.reputation.Ballots.PROVEN;
import static io.sandrun.broker.reputation.Ballots.decide;
import static io.sandrun.broker.reputation.Ballots.ranOutOfTime;
import static io.sandrun.broker.reputation.Ballots.said;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.reputation.Decision.Accept;
import io.sandrun.broker.reputation.Decision.Add;
import io.sandrun.broker.reputation.Decision.Basis;
import io.sandrun.broker.reputation.Decision.Fail;
import io.sandrun.broker.reputation.Decision.Wait;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerificationTest {
    private static void assertAdds(int copies, Decision decision) {
        assertThat(decision)
                .isInstanceOfSatisfying(
                        Add.class, add -> assertThat(add.copies()).isEqualTo(copies));
    }

    private static void assertAccepts(String digest, Basis basis, Decision decision) {
        assertThat(decision).isInstanceOfSatisfying(Accept.class, accept -> {
            assertThat(accept.digest()).isEqualTo(digest);
            assertThat(accept.basis()).isEqualTo(basis);
        });
    }

    private static void assertVerdicts(Decision decision, Verdict... verdicts) {
        assertThat(decision)
                .isInstanceOfSatisfying(
                        Accept.class, accept -> assertThat(accept.verdicts()).containsExactly(verdicts));
    }

    private static final Wait WAIT = new Wait();

    @Test
    void the_first_copy_goes_out_alone() {
        assertAdds(1, decide());
        assertThat(decide(Copy.queued())).isEqualTo(WAIT);
        assertThat(decide(Copy.at(PROVEN))).isEqualTo(WAIT);
    }

    private static Decision giveUp(Copy... copies) {
        return Verification.giveUp(Ballots.THREE_TWO, List.of(copies), LUCKY);
    }

    @Test
    void where_nobody_else_comes_what_was_answered_must_do_and_by_the_same_rules() {
        assertAccepts("x", Basis.QUORUM, giveUp(said(NEW, "x"), said(NEW, "x"), said(NEW, "y"), said(NEW, "x")));
        assertThat(giveUp()).isEqualTo(new Fail("None of its copies was answered."));
        assertThat(giveUp(said(NEW, "x"), said(NEW, "x"), Copy.lost(NEW)))
                .isEqualTo(new Fail("Of its copies 2 answered, 2 of them alike: it takes 3, and one answer that is"
                        + " ahead of the others by 2."));
        assertThat(giveUp(said(NEW, "x"), said(NEW, "x"), said(NEW, "y"))).isInstanceOf(Fail.class);
        assertThat(giveUp(said(PROVEN, "x"), said(NEW, "y"), said(NEW, "y"), said(NEW, "y")))
                .isInstanceOf(Fail.class);
        assertThat(giveUp(said(PROVEN, "x"))).isInstanceOf(Fail.class);
    }

    @Test
    void a_proven_node_is_taken_on_its_word() {
        assertAccepts("x", Basis.WORD, decide(said(PROVEN, "x")));
        assertVerdicts(decide(said(PROVEN, "x")), Verdict.TAKEN);
    }

    @Test
    void a_spot_check_asks_one_more_after_the_answer() {
        assertThat(decide(CHECKED, List.of(Copy.at(PROVEN)))).isEqualTo(WAIT);
        assertAdds(1, decide(CHECKED, List.of(said(PROVEN, "x"))));
        assertThat(decide(CHECKED, List.of(said(PROVEN, "x"), Copy.at(PROVEN)))).isEqualTo(WAIT);
        Decision passed = decide(CHECKED, List.of(said(PROVEN, "x"), said(PROVEN, "x")));
        assertAccepts("x", Basis.PROVEN, passed);
        assertVerdicts(passed, Verdict.AGREED, Verdict.AGREED);
    }

    @Test
    void a_new_node_never_decides_alone() {
        assertAdds(2, decide(Copy.at(NEW)));
        assertAdds(2, decide(said(NEW, "x")));
        assertAdds(2, decide(said(DOUBTED, "x")));
    }

    @Test
    void a_new_node_cannot_be_the_spot_check_by_itself() {
        assertAdds(1, decide(CHECKED, List.of(said(PROVEN, "x"), said(NEW, "x"))));
    }

    @Test
    void new_nodes_decide_when_all_have_answered() {
        assertThat(decide(said(NEW, "x"), said(NEW, "x"), Copy.at(NEW))).isEqualTo(WAIT);
        assertAccepts("x", Basis.QUORUM, decide(said(NEW, "x"), said(NEW, "x"), said(NEW, "x")));
    }

    @Test
    void two_colluders_do_not_outvote_one_honest_node() {
        List<Copy> copies = new ArrayList<>(List.of(said(NEW, "lie"), said(NEW, "true"), said(NEW, "lie")));
        for (int honest = 0; honest < 2; honest++) {
            assertAdds(honest == 0 ? 1 : 2, decide(LUCKY, copies));
            copies.add(said(NEW, "true"));
        }
        assertAdds(1, decide(LUCKY, copies));
        copies.add(said(NEW, "true"));
        assertAccepts("true", Basis.QUORUM, decide(LUCKY, copies));
        assertVerdicts(
                decide(LUCKY, copies),
                Verdict.REJECTED,
                Verdict.AGREED,
                Verdict.REJECTED,
                Verdict.AGREED,
                Verdict.AGREED,
                Verdict.AGREED);
    }

    @Test
    void no_number_of_new_keys_outvotes_a_proven_node() {
        List<Copy> copies = new ArrayList<>(List.of(said(PROVEN, "true")));
        for (int key = 0; key < 7; key++) {
            copies.add(said(NEW, "lie"));
        }
        assertAdds(1, decide(LUCKY, copies));
        copies.add(said(NEW, "lie"));
        assertThat(decide(LUCKY, copies))
                .isEqualTo(new Fail("9 copies gave different answers, 8 and 1 times: none is ahead of the others by 2 "
                        + "and has the more proven nodes."));
    }

    @Test
    void two_proven_nodes_decide_while_another_is_still_at_it() {
        Decision early = decide(Copy.at(NEW), said(PROVEN, "x"), said(PROVEN, "x"));
        assertAccepts("x", Basis.PROVEN, early);
        assertVerdicts(early, Verdict.NONE, Verdict.AGREED, Verdict.AGREED);
    }

    @Test
    void two_proven_nodes_do_not_decide_against_an_objection() {
        assertAdds(1, decide(said(NEW, "y"), said(PROVEN, "x"), said(PROVEN, "x")));
        assertAccepts("x", Basis.QUORUM, decide(said(NEW, "y"), said(PROVEN, "x"), said(PROVEN, "x"), said(NEW, "x")));
    }

    @Test
    void a_doubted_node_can_object_and_not_support() {
        assertAdds(1, decide(said(DOUBTED, "x"), said(NEW, "x"), Copy.lost(NEW), said(DOUBTED, "x")));
        assertAdds(1, decide(said(DOUBTED, "y"), said(NEW, "x"), said(NEW, "x")));
    }

    @Test
    void what_a_barred_node_says_counts_for_nothing() {
        assertAdds(1, decide(said(BARRED, "y")));
        assertAdds(1, decide(said(BARRED, "x"), said(NEW, "x"), said(NEW, "x")));
        assertAccepts("x", Basis.QUORUM, decide(said(BARRED, "y"), said(NEW, "x"), said(NEW, "x"), said(NEW, "x")));
    }

    @Test
    void a_lost_copy_is_made_up_for_and_they_are_bounded() {
        assertAdds(1, decide(Copy.lost(PROVEN)));
        assertAdds(1, decide(Copy.at(NEW), Copy.lost(NEW), said(NEW, "x")));
        List<Copy> copies = new ArrayList<>(List.of(said(NEW, "x")));
        for (int lost = 0; lost < 10; lost++) {
            copies.add(Copy.lost(NEW));
        }
        assertThat(decide(LUCKY, copies)).isEqualTo(new Fail("10 copies were lost with their nodes; 1 answered."));
    }

    @Test
    void a_job_that_is_different_each_time_fails_and_nobody_is_to_blame() {
        assertAdds(2, decide(said(NEW, "1"), said(NEW, "2"), said(PROVEN, "3")));
        assertAdds(2, decide(said(NEW, "1"), said(NEW, "2"), said(PROVEN, "3"), said(PROVEN, "4"), said(PROVEN, "5")));
        assertThat(decide(
                        said(NEW, "1"),
                        said(NEW, "2"),
                        said(PROVEN, "3"),
                        said(PROVEN, "4"),
                        said(PROVEN, "5"),
                        said(NEW, "6")))
                .isEqualTo(new Fail(
                        "No two of 6 copies gave the same answer: the job does not compute the same each time."));
    }

    @Test
    void an_undecided_vote_ends_at_three_copies_per_replica() {
        List<Copy> copies = new ArrayList<>();
        for (int pair = 0; pair < 4; pair++) {
            copies.add(said(NEW, "x"));
            copies.add(said(NEW, "y"));
        }
        assertAdds(1, decide(LUCKY, copies));
        copies.add(said(NEW, "x"));
        assertThat(decide(LUCKY, copies))
                .isInstanceOfSatisfying(
                        Fail.class,
                        fail -> assertThat(fail.evidence())
                                .startsWith("9 copies gave different answers, 5 and 4 times"));
    }

    @Test
    void that_a_job_did_not_fit_on_one_machine_is_not_taken_on_its_word_nor_held_against_it() {
        assertAdds(1, decide(ranOutOfTime(PROVEN)));
        Decision decision = decide(ranOutOfTime(PROVEN), said(PROVEN, "x"), said(PROVEN, "x"));
        assertAccepts("x", Basis.PROVEN, decision);
        assertVerdicts(decision, Verdict.FAILED, Verdict.AGREED, Verdict.AGREED);
        assertAccepts("timeout", Basis.PROVEN, decide(ranOutOfTime(PROVEN), ranOutOfTime(PROVEN)));
    }

    @Test
    void only_what_several_nodes_have_decided_is_used_to_test_another() {
        assertThat(decide(ASKED_AGAIN, List.of(said(NEW, "x"), said(NEW, "x"), said(NEW, "x"))))
                .isInstanceOfSatisfying(
                        Accept.class, accept -> assertThat(accept.askAgain()).isTrue());
        assertThat(decide(said(PROVEN, "x")))
                .isInstanceOfSatisfying(
                        Accept.class, accept -> assertThat(accept.askAgain()).isFalse());
        assertThat(decide(said(NEW, "x"), said(NEW, "x"), said(NEW, "x")))
                .isInstanceOfSatisfying(
                        Accept.class, accept -> assertThat(accept.askAgain()).isFalse());
    }

    @Test
    void a_late_answer_is_judged_by_the_known_one() {
        assertThat(Verdict.of(said(NEW, "x"), "x")).isEqualTo(Verdict.AGREED);
        assertThat(Verdict.of(said(NEW, "y"), "x")).isEqualTo(Verdict.REJECTED);
        assertThat(Verdict.of(ranOutOfTime(NEW), "x")).isEqualTo(Verdict.FAILED);
        assertThat(Verdict.of(Copy.at(NEW), "x")).isEqualTo(Verdict.NONE);
        assertThat(Verdict.of(Copy.lost(NEW), "x")).isEqualTo(Verdict.NONE);
    }
}
