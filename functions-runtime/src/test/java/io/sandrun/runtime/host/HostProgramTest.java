package io.sandrun.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostProgramTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    @Test
    void both_streams_are_the_answer_and_the_input_is_empty() throws IOException {
        assertThat(ask(LONG, "cat; echo out; echo err >&2")).isEqualTo("out\nerr\n");
    }

    @Test
    void a_program_that_fails_or_is_missing_does_not_answer() {
        assertThatThrownBy(() -> ask(LONG, "echo no; exit 3"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("exits with 3");
        assertThatThrownBy(() -> HostProgram.ask(List.of("/nowhere/program"), LONG))
                .isInstanceOf(IOException.class);
    }

    @Test
    void a_program_that_hangs_is_killed_with_its_children() {
        long before = sleepers();

        assertThatThrownBy(() -> ask(SHORT, "sleep 61 & sleep 61"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not answer");

        assertThat(sleepers()).isEqualTo(before);
    }

    @Test
    void a_program_that_closes_its_output_and_goes_on_is_killed() {
        assertThatThrownBy(() -> ask(SHORT, "exec sleep 61 >&- 2>&-"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("goes on");
    }

    @Test
    void a_program_that_prints_without_end_is_killed() {
        assertThatThrownBy(() -> ask(LONG, "while :; do echo nonsense; done"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("without end");
    }

    private static String ask(Duration limit, String script) throws IOException {
        return HostProgram.ask(List.of("/bin/sh", "-c", script), limit);
    }

    private static long sleepers() {
        return ProcessHandle.current()
                .descendants()
                .filter(ProcessHandle::isAlive)
                .count();
    }
}
