package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Interpreters;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every example runs as its page says. */
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("..", "examples");

    @TempDir
    static Path directory;

    private static SandrunProcess up;
    private static String url;
    private static JsonNode offered;

    @BeforeAll
    static void start() throws Exception {
        up = SandrunProcess.start(Map.of(), "up", "--port", "0", "--slots", "1", "--data", directory.toString());
        url = up.awaitError("listening at (http://\\S+)");
        up.awaitError("ready");
        offered =
                new BrokerClient(URI.create(url)).nodes().path("nodes").path(0).path("capabilities");
    }

    @AfterAll
    static void stop() {
        up.close();
    }

    @TestFactory
    Stream<DynamicTest> each_program_runs() throws Exception {
        List<Path> programs = new ArrayList<>();
        for (String folder : List.of("hello", "inside", "languages")) {
            try (Stream<Path> files = Files.list(EXAMPLES.resolve(folder))) {
                files.sorted().forEach(programs::add);
            }
        }
        assertThat(programs).hasSizeGreaterThan(10);
        return programs.stream()
                .map(program -> DynamicTest.dynamicTest(program.toString(), () -> {
                    SandrunProcess.Ended ended = run(interpreter(program), program.toString());
                    assertThat(ended.errors()).isEmpty();
                    if (program.startsWith(EXAMPLES.resolve("languages"))) {
                        assertThat(ended.output()).isEqualTo("2 3 5 7 11 13 17 19 23 29 31 37 41 43 47\n");
                    } else {
                        assertThat(ended.output()).isNotEmpty();
                    }
                }));
    }

    @Test
    void a_job_that_takes_its_time_is_seen_while_it_runs() throws Exception {
        assumeOffered("python3");
        try (SandrunProcess watched =
                SandrunProcess.start(Map.of("SANDRUN_URL", url), "run", example("live-progress"), "0.05")) {
            watched.awaitError("Ethiopia is ready");
            assertThat(watched.isAlive()).as("it goes on after the first batch").isTrue();
            var ended = watched.awaitEnd();
            assertThat(ended.exitCode()).as(ended.errors()).isZero();
            assertThat(ended.output()).contains("batch 3 of 3: Guatemala\n").endsWith("everything is roasted\n");
        }
    }

    private static String example(String name) {
        return EXAMPLES.resolve(name).toString();
    }

    private static String interpreter(Path program) {
        return Interpreters.forFileName(program.getFileName().toString()).orElseThrow();
    }

    private static SandrunProcess.Ended run(String interpreter, String... args) throws Exception {
        assumeOffered(interpreter);
        List<String> command = new ArrayList<>(List.of("run"));
        command.addAll(List.of(args));
        var ended = SandrunProcess.run(Map.of("SANDRUN_URL", url), "", command.toArray(String[]::new));
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
        return ended;
    }

    private static void assumeOffered(String interpreter) {
        Assumptions.assumeTrue(
                offered.path("interpreters").toString().contains('"' + interpreter + '"'),
                "this machine has no " + interpreter);
    }
}
