package io.sandrun.broker.reputation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ReputationTest {
    private static final Reputation PROVEN = times(Reputation.PROVEN_AFTER, Reputation.NEWCOMER, Reputation::agreed);

    static Reputation times(int times, Reputation start, UnaryOperator<Reputation> event) {
        Reputation node = start;
        for (int done = 0; done < times; done++) {
            node = event.apply(node);
        }
        return node;
    }

    private static Reputation rejected(Reputation node) {
        return node.rejected("job_a");
    }

    @Test
    void a_node_is_proven_by_twenty_passed_checks_and_not_by_nineteen() {
        Reputation almost = times(19, Reputation.NEWCOMER, Reputation::agreed);
        assertThat(almost.standing()).isEqualTo(Standing.NEW);
        assertThat(almost.reason()).isEqualTo("19 of 20 checks passed");
        assertThat(almost.agreed().standing()).isEqualTo(Standing.PROVEN);
    }

    @Test
    void answers_that_nobody_checked_prove_nothing() {
        assertThat(times(1_000, Reputation.NEWCOMER, Reputation::taken).standing())
                .isEqualTo(Standing.NEW);
        assertThat(times(1_000, PROVEN, Reputation::taken).spotCheckChance()).isEqualTo(PROVEN.spotCheckChance());
    }

    @Test
    void one_rejected_answer_costs_a_proven_node_its_standing_and_ten_times_the_checks() {
        Reputation caught = rejected(times(500, PROVEN, Reputation::agreed));
        assertThat(caught.standing()).isEqualTo(Standing.DOUBTED);
        assertThat(caught.reason())
                .isEqualTo("an answer of it was outvoted, last in job job_a (0 of 200 checks passed since);"
                        + " all its answers are checked");
        assertThat(times(199, caught, Reputation::agreed).standing()).isEqualTo(Standing.DOUBTED);
        assertThat(times(200, caught, Reputation::agreed).standing()).isEqualTo(Standing.PROVEN);
    }

    @Test
    void three_rejected_answers_bar_a_node_until_it_is_forgiven() {
        Reputation barred = times(3, times(500, PROVEN, Reputation::agreed), ReputationTest::rejected);
        assertThat(barred.standing()).isEqualTo(Standing.BARRED);
        assertThat(barred.copiesAtOnce()).isZero();
        assertThat(barred.reason()).isEqualTo("3 of its answers were outvoted, last in job job_a");
        assertThat(barred.forgiven().standing()).isEqualTo(Standing.NEW);
        assertThat(barred.forgiven().rejections()).isEqualTo(3);
    }

    @Test
    void who_lies_now_and_then_between_honest_answers_is_barred_all_the_same() {
        Reputation node = PROVEN;
        for (int lie = 0; lie < 3; lie++) {
            assertThat(node.standing()).isNotEqualTo(Standing.BARRED);
            node = rejected(times(600, node, Reputation::agreed));
        }
        assertThat(node.standing()).isEqualTo(Standing.BARRED);
    }

    @Test
    void a_strike_is_forgotten_after_two_thousand_passed_checks() {
        Reputation caught = rejected(PROVEN);
        assertThat(times(1_999, caught, Reputation::agreed).strikes()).isEqualTo(1);
        assertThat(times(2_000, caught, Reputation::agreed).strikes()).isZero();
    }

    @Test
    void a_new_key_beside_a_barred_one_is_barred_by_one_rejected_answer() {
        Reputation again = Reputation.besideBarred();
        assertThat(again.standing()).isEqualTo(Standing.DOUBTED);
        assertThat(again.reason()).startsWith("its owner or address has a barred node");
        assertThat(times(1_999, again, Reputation::agreed).standing()).isNotEqualTo(Standing.PROVEN);
        assertThat(rejected(again).standing()).isEqualTo(Standing.BARRED);
        assertThat(rejected(again).reason())
                .isEqualTo("an answer of it was outvoted, last in job job_a, and its owner or address has a "
                        + "barred node");
    }

    @Test
    void a_node_that_only_fails_gets_less_and_then_nothing() {
        Reputation weary = times(5, PROVEN, Reputation::failed);
        assertThat(weary.standing()).isEqualTo(Standing.DOUBTED);
        assertThat(weary.reason()).isEqualTo("it left its last 5 jobs without an answer; all its answers are checked");
        assertThat(weary.copiesAtOnce()).isEqualTo(1);
        assertThat(weary.agreed().standing()).isEqualTo(Standing.PROVEN);
        Reputation dead = times(20, PROVEN, Reputation::failed);
        assertThat(dead.standing()).isEqualTo(Standing.BARRED);
        assertThat(dead.reason()).isEqualTo("it left its last 20 jobs without an answer");
        assertThat(dead.forgiven().standing()).isEqualTo(Standing.NEW);
    }

    @Test
    void spot_checks_get_rarer_and_never_cease() {
        assertThat(Reputation.NEWCOMER.spotCheckChance()).isEqualTo(1);
        double before = 1;
        Reputation node = PROVEN;
        for (int check = 0; check < 200; check++) {
            assertThat(node.spotCheckChance()).isLessThanOrEqualTo(before).isGreaterThanOrEqualTo(0.05);
            before = node.spotCheckChance();
            node = node.agreed();
        }
        assertThat(PROVEN.spotCheckChance()).isEqualTo(0.1);
        assertThat(before).isEqualTo(0.05);
    }

    @Test
    void counters_stop_at_their_end() {
        int end = Integer.MAX_VALUE;
        Reputation full = new Reputation(end, end, end, end, 0, end, 0, null);
        assertThat(full.agreed().streak()).isEqualTo(end);
        assertThat(full.taken().unchecked()).isEqualTo(end);
        assertThat(full.rejected("job_a").rejections()).isEqualTo(end);
        assertThat(full.failed().failures()).isEqualTo(end);
    }
}
