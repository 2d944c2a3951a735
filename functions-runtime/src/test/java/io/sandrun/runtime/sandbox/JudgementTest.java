package io.sandrun.runtime.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.sandbox.Judgement.Evidence;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class JudgementTest {
    private static final RunLimits LIMITS =
            new RunLimits(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1 << 20, 16, 64, 1 << 20, 100, 10, 10);
    private static final Evidence NONE = new Evidence(0, 0, false, false);
    private static final Evidence ALL = new Evidence(1, 1, true, true);

    private static Outcome of(int code, int signal, Evidence evidence) {
        return Judgement.of(new Protocol.Ended(code, signal, 0), evidence, LIMITS)
                .outcome();
    }

    @Test
    void evidence_never_overturns_success() {
        assertThat(of(0, 0, ALL)).isEqualTo(Outcome.OK);
    }

    @Test
    void each_piece_of_evidence_explains_a_failure() {
        assertThat(of(1, 0, NONE)).isEqualTo(Outcome.EXIT_NONZERO);
        assertThat(of(0, 11, NONE)).isEqualTo(Outcome.SIGNALLED);
        assertThat(of(0, 9, new Evidence(1, 0, false, false))).isEqualTo(Outcome.OUT_OF_MEMORY);
        assertThat(of(1, 0, new Evidence(0, 3, false, false))).isEqualTo(Outcome.PROCESS_LIMIT);
        assertThat(of(1, 0, new Evidence(0, 0, true, false))).isEqualTo(Outcome.PROCESS_LIMIT);
        assertThat(of(1, 0, new Evidence(0, 0, false, true))).isEqualTo(Outcome.DISK_LIMIT);
        assertThat(of(0, 24, NONE)).isEqualTo(Outcome.TIMED_OUT);
        assertThat(of(0, 25, NONE)).isEqualTo(Outcome.DISK_LIMIT);
    }

    @Test
    void memory_explains_more_than_what_follows_from_it() {
        assertThat(of(1, 0, ALL)).isEqualTo(Outcome.OUT_OF_MEMORY);
    }

    @Test
    void a_sandbox_that_vanishes_was_out_of_memory_or_is_our_failure() {
        assertThat(Judgement.ofSilence(NONE, LIMITS).outcome()).isEqualTo(Outcome.SANDBOX_ERROR);
        assertThat(Judgement.ofSilence(ALL, LIMITS).outcome()).isEqualTo(Outcome.OUT_OF_MEMORY);
    }
}
