package io.sandrun.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Programs that benchmarks start beside what they measure. */
@Timeout(120)
class BriefRunTest {
    private static BriefRun run(Duration patience, String script) throws Exception {
        return BriefRun.of(new ProcessBuilder("sh", "-c", script), patience);
    }

    @Test
    void what_a_program_says_is_kept_and_whether_it_ended_well() throws Exception {
        assertThat(run(BriefRun.PATIENCE, "echo one; echo two >&2")).isEqualTo(new BriefRun(true, "one\ntwo"));
        assertThat(run(BriefRun.PATIENCE, "echo why; exit 3")).isEqualTo(new BriefRun(false, "why"));
    }

    @Test
    void one_that_does_not_end_is_ended() throws Exception {
        assertThat(run(Duration.ofMillis(500), "sleep 600; echo good"))
                .isEqualTo(new BriefRun(false, "it did not end within 500 ms"));
    }

    /** It has what the program's output went to. */
    @Test
    void what_a_program_leaves_behind_is_not_waited_for() throws Exception {
        long begin = System.nanoTime();
        BriefRun run = run(BriefRun.PATIENCE, "sleep 60 & echo $!");
        ProcessHandle.of(Long.parseLong(run.said())).ifPresent(ProcessHandle::destroyForcibly);
        assertThat(run.isGood()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(50));
    }
}
