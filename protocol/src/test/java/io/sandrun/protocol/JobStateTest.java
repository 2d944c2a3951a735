package io.sandrun.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JobStateTest {
    @ParameterizedTest
    @EnumSource
    void a_final_state_is_never_left(JobState state) {
        for (JobState from : state.predecessors()) {
            assertThat(from.isFinal()).as("%s is entered from %s", state, from).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_word_of_the_wire_reads_back(JobState state) {
        assertThat(JobState.ofWire(state.wire())).isEqualTo(state);
    }

    @ParameterizedTest
    @EnumSource
    void every_outcome_leads_to_a_final_state(Outcome outcome) {
        assertThat(outcome.finalState().isFinal()).isTrue();
        assertThat(Outcome.ofWire(outcome.wire())).isEqualTo(outcome);
    }

    @ParameterizedTest
    @EnumSource(names = {"COMPLETED", "FAILED", "CANCELLED"})
    void older_clients_see_only_the_final_words_they_know(JobState state) {
        assertThat(state.legacyStatus(false)).isIn("completed", "failed");
    }

    @ParameterizedTest
    @EnumSource
    void those_who_send_projects_see_four_words(JobState state) {
        assertThat(state.legacyStatus(true)).isIn("queued", "running", "completed", "failed");
    }
}
