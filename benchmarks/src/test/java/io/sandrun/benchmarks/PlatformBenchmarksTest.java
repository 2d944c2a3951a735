package io.sandrun.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Short forms of what is measured on a whole platform: for what they print, and not for how fast it is. */
@Timeout(120)
class PlatformBenchmarksTest {
    private static final Settling FEW = new Settling(2, 4, Duration.ofMinutes(1));

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @BeforeEach
    void needPython() throws Exception {
        assumeTrue(PythonProgram.HELLO.isRunnable(), PythonProgram.PYTHON + " is not installed");
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void each_way_of_starting_is_timed_from_submit_to_result() throws Exception {
        HelloLatency.run(out, List.of(PythonProgram.HELLO), 2, new HelloLatency.WarmUp(FEW, 6));
        assertThat(printed()).contains("hello, submit to result, 2 rounds").containsPattern("cold( +[0-9.]+)+ +100 %");
    }

    @Test
    void jobs_are_counted_beside_bare_processes() throws Exception {
        Throughput.run(out, PythonProgram.HELLO, 4, 12, FEW, 2);
        assertThat(printed())
                .containsPattern("the first 2 jobs: [0-9.]+ jobs/s")
                .containsPattern("measured after [24] jobs")
                .containsPattern("2( +[0-9.]+){4} +\\{.*=");
    }

    @Test
    void what_waits_and_what_runs_is_weighed() throws Exception {
        Density.run(out, 2, 1, List.of());
        assertThat(printed()).containsPattern("prepared sandboxes +2").containsPattern("running jobs.* 1 ");
    }
}
