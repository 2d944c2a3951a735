package io.sandrun.runtime.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.runtime.CapturedStream;
import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.PhaseTimes;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.Usage;
import io.sandrun.runtime.output.LeftOut;
import io.sandrun.runtime.output.LeftOut.Reason;
import io.sandrun.runtime.output.Outputs;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Nothing counts as held that was not shown to be held. */
class JudgeTest {
    private static final String BLOCKED = "attack: blocked EPERM: mount\n";
    private static final String SUCCEEDED = "attack: succeeded -: mount\n";

    private static Attack expecting(String expectation) {
        return new Attack("files", "name", List.of(), Expectation.of(expectation), Attack.Proof.PLAIN, "try it");
    }

    private static RunResult ended(Outcome outcome, @Nullable Integer signal, String output) {
        byte[] bytes = output.getBytes(StandardCharsets.UTF_8);
        return new RunResult(
                outcome,
                0,
                signal,
                "A reason.",
                new CapturedStream(bytes, bytes.length),
                CapturedStream.EMPTY,
                Usage.NONE,
                PhaseTimes.NONE,
                Outputs.NONE);
    }

    private static Verdict verdict(String expectation, RunResult result, String... marks) {
        return Judge.judge(expecting(expectation), result, List.of(marks)).verdict();
    }

    @Test
    void an_attack_that_says_it_was_blocked_is_held() {
        Finding finding =
                Judge.judge(expecting("refused"), ended(Outcome.EXIT_NONZERO, null, "noise\n" + BLOCKED), List.of());
        assertThat(finding).isEqualTo(new Finding("files", "name", Verdict.HELD, "EPERM (mount)", "try it"));
    }

    @Test
    void an_attack_that_succeeds_has_escaped_whatever_was_expected() {
        for (String expectation : List.of("refused", "killed 31", "ends out_of_memory", "leaves none")) {
            assertThat(verdict(expectation, ended(Outcome.OUT_OF_MEMORY, 31, SUCCEEDED)))
                    .isEqualTo(Verdict.ESCAPED);
        }
    }

    @Test
    void silence_is_not_held() {
        for (Outcome outcome : Outcome.values()) {
            assertThat(verdict("refused", ended(outcome, 9, ""))).isEqualTo(Verdict.ESCAPED);
            assertThat(verdict("leaves none", ended(outcome, 9, ""))).isEqualTo(Verdict.ESCAPED);
        }
    }

    @Test
    void silence_is_held_where_the_kernel_was_expected_to_kill() {
        assertThat(verdict("killed 31", ended(Outcome.SIGNALLED, 31, ""))).isEqualTo(Verdict.HELD);
        assertThat(verdict("killed 31", ended(Outcome.SIGNALLED, 11, ""))).isEqualTo(Verdict.ESCAPED);
        assertThat(verdict("killed 31", ended(Outcome.EXIT_NONZERO, null, BLOCKED)))
                .isEqualTo(Verdict.ESCAPED);
    }

    @Test
    void a_limit_must_be_the_one_that_was_expected() {
        assertThat(verdict("ends disk_limit", ended(Outcome.DISK_LIMIT, null, BLOCKED)))
                .isEqualTo(Verdict.HELD);
        assertThat(verdict("ends disk_limit", ended(Outcome.OUT_OF_MEMORY, 9, "")))
                .isEqualTo(Verdict.ESCAPED);
    }

    @Test
    void a_limit_that_may_be_a_refusal_must_be_one_of_the_two() {
        String expectation = "refused or ends out_of_memory";
        assertThat(verdict(expectation, ended(Outcome.OUT_OF_MEMORY, 9, ""))).isEqualTo(Verdict.HELD);
        assertThat(verdict(expectation, ended(Outcome.EXIT_NONZERO, null, BLOCKED)))
                .isEqualTo(Verdict.HELD);
        assertThat(verdict(expectation, ended(Outcome.SIGNALLED, 9, ""))).isEqualTo(Verdict.ESCAPED);
    }

    @Test
    void what_was_to_be_left_out_is_left_out_for_that_reason() {
        String planted = "attack: planted -: a link\n";
        Outputs outputs = new Outputs(List.of(), List.of(new LeftOut("out", Reason.SYMBOLIC_LINK)), 1);
        RunResult left = ended(Outcome.OK, null, planted).with(outputs);
        assertThat(verdict("leaves out symbolic_link", left)).isEqualTo(Verdict.HELD);
        assertThat(verdict("leaves out fifo", left)).isEqualTo(Verdict.ESCAPED);
        assertThat(verdict("leaves out symbolic_link", left, "a canary's content was taken out"))
                .isEqualTo(Verdict.ESCAPED);
        assertThat(verdict("leaves out symbolic_link", ended(Outcome.OK, null, planted)))
                .isEqualTo(Verdict.ESCAPED);
        assertThat(verdict(
                        "leaves out symbolic_link",
                        ended(Outcome.OK, null, BLOCKED).with(outputs)))
                .isEqualTo(Verdict.ESCAPED);
    }

    @Test
    void an_archive_is_refused_before_anything_runs_and_for_its_bad_entry() {
        RunResult refused = RunResult.neverRan(Outcome.INVALID_INPUT, "The archive's entry '../a' goes up.");
        assertThat(verdict("refuses entry ../", refused)).isEqualTo(Verdict.HELD);
        assertThat(verdict("refuses entry ../", refused, "made: /planted")).isEqualTo(Verdict.ESCAPED);
        assertThat(verdict("refuses entry b", refused)).isEqualTo(Verdict.ESCAPED);
        assertThat(verdict("refused", refused)).isEqualTo(Verdict.ESCAPED);
        assertThat(verdict("refuses entry ../", RunResult.neverRan(Outcome.SANDBOX_ERROR, refused.reason())))
                .isEqualTo(Verdict.ESCAPED);
        assertThat(verdict("refuses entry ../", ended(Outcome.INVALID_INPUT, null, "it ran")))
                .isEqualTo(Verdict.ESCAPED);
    }

    @Test
    void a_run_that_failed_on_our_side_shows_nothing() {
        assertThat(verdict("refused", ended(Outcome.SANDBOX_ERROR, null, BLOCKED)))
                .isEqualTo(Verdict.ESCAPED);
    }

    @Test
    void what_the_host_has_seen_decides() {
        assertThat(verdict("refused", ended(Outcome.EXIT_NONZERO, null, BLOCKED), "touched: tcp"))
                .isEqualTo(Verdict.ESCAPED);
        assertThat(verdict("leaves none", ended(Outcome.OK, null, "attack: planted -: a daemon\n"), "process 7"))
                .isEqualTo(Verdict.ESCAPED);
    }

    @Test
    void what_the_machine_lacks_is_not_applicable() {
        assertThat(verdict("killed 31", ended(Outcome.EXIT_NONZERO, null, "attack: absent -: no such calls\n")))
                .isEqualTo(Verdict.NOT_APPLICABLE);
    }

    @Test
    void nothing_planted_is_nothing_to_be_found() {
        Attack attack = expecting("refused");
        assertThat(Judge.judgePreparation(attack, ended(Outcome.EXIT_NONZERO, null, BLOCKED)))
                .hasValueSatisfying(finding -> assertThat(finding.verdict()).isEqualTo(Verdict.HELD));
        assertThat(Judge.judgePreparation(attack, ended(Outcome.OK, null, "attack: planted -: a file\n")))
                .isEmpty();
        assertThat(Judge.judgePreparation(attack, ended(Outcome.OK, null, "")))
                .hasValueSatisfying(finding -> assertThat(finding.verdict()).isEqualTo(Verdict.ESCAPED));
    }
}
