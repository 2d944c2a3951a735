package io.sandrun.runtime.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExpectationTest {
    private final Expectation expectation = new Expectation();

    private static Shape shape(int number) {
        return new Shape(new Layout.Wanted(Room.PLAIN, number, 1, List.of(), List.of(), false), null, null);
    }

    private void note(int... numbers) {
        for (int number : numbers) {
            expectation.note(shape(number));
        }
    }

    @Test
    void nothing_is_expected_of_a_slot_that_never_ran() {
        assertThat(expectation.next()).isNull();
    }

    @Test
    void after_one_run_another_like_it() {
        note(1);
        assertThat(expectation.next()).isEqualTo(shape(1));
    }

    @Test
    void runs_that_take_turns_are_learned() {
        note(1, 2, 3, 1, 2);
        assertThat(expectation.next()).isEqualTo(shape(3));
        note(3);
        assertThat(expectation.next()).isEqualTo(shape(1));
    }

    @Test
    void who_guesses_wrong_again_and_again_stops_until_a_guess_would_have_been_right() {
        note(1, 2, 3);
        assertThat(expectation.next()).isEqualTo(shape(3));
        note(4);
        assertThat(expectation.next()).isNull();
        note(5, 6, 7);
        assertThat(expectation.next()).isNull();
        note(7);
        assertThat(expectation.next()).isEqualTo(shape(7));
    }

    @Test
    void what_was_long_ago_is_forgotten() {
        note(1, 2);
        for (int number = 3; number < 30; number++) {
            note(number, number);
        }
        note(1);
        assertThat(expectation.next()).isEqualTo(shape(1));
    }
}
