package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Interpreters;
import io.sandrun.protocol.Json;
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

    @TempDir
    Path results;

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
    void the_sales_report_is_printed_and_brought_back() throws Exception {
        var ended = run("python3", "-o", results.toString(), example("sales-report"));
        assertThat(ended.output()).startsWith("7 sales, 754.50 EUR\nEspresso      480.00\n");
        assertThat(results.resolve("report.txt")).hasContent(ended.output());
        assertThat(listing()).containsExactly("report.txt");
    }

    @Test
    void many_tables_become_one_summary() throws Exception {
        var ended = run("python3", "-o", results.toString(), example("many-files"));
        assertThat(ended.output()).endsWith("total         78 bags    915.50 EUR\n");
        JsonNode summary = Json.MAPPER.readTree(results.resolve("summary.json").toFile());
        assertThat(summary.path("total").path("eur").asDouble()).isEqualTo(915.5);
        assertThat(summary.path("shops")).hasSize(3);
        assertThat(listing()).containsExactly("summary.json", "summary.txt");
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

    @Test
    void plots_come_out_of_an_environment_that_is_ready() throws Exception {
        Assumptions.assumeTrue(
                offered.path("environments").toString().contains("\"ml-basic\""),
                "this machine has no ml-basic: it lacks pandas, scikit-learn or matplotlib for its python3");
        Path manifest = EXAMPLES.resolve("sales-project/ml-basic.json");
        var ended =
                run("python3", "--manifest", manifest.toString(), "-o", results.toString(), example("sales-project"));
        assertThat(ended.output()).startsWith("10 orders, 1119.50 EUR\n");
        assertThat(listing()).containsExactly("plots/days.png", "plots/items.png", "report.txt");
        byte[] png = Files.readAllBytes(results.resolve("plots/items.png"));
        assertThat(png).startsWith(0x89, 'P', 'N', 'G').hasSizeGreaterThan(1000);
    }

    private static String example(String name) {
        return EXAMPLES.resolve(name).toString();
    }

    private List<String> listing() throws Exception {
        try (Stream<Path> files = Files.walk(results)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> results.relativize(file).toString())
                    .sorted()
                    .toList();
        }
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
