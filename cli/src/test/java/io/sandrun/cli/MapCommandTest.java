package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.node.environment.EnvironmentChoice;
import io.sandrun.node.install.InstallChoice;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sandrun map} as a process, with a real broker and node. */
class MapCommandTest {
    private static EphemeralPlatform platform;
    private static Map<String, String> environment;

    @TempDir
    Path directory;

    private Path program;
    private Path rows;

    @BeforeAll
    static void start() throws Exception {
        platform = EphemeralPlatform.start(Optional.of("bash"), EnvironmentChoice.NONE, InstallChoice.NONE);
        environment = Map.of("SANDRUN_URL", platform.client().url());
    }

    @AfterAll
    static void stop() {
        if (platform != null) {
            platform.close();
        }
    }

    @BeforeEach
    void write() throws IOException {
        program =
                Files.writeString(directory.resolve("triple.sh"), "read n; [ $n = 7 ] && exit 5; echo $((3 * n)) $1\n");
        rows = Files.writeString(
                directory.resolve("rows.jsonl"),
                IntStream.rangeClosed(1, 12).mapToObj(Integer::toString).collect(Collectors.joining("\n")));
    }

    private static JsonNode json(String line) {
        return Json.read(line, JsonNode.class);
    }

    private SandrunProcess.Ended map(String... options) throws Exception {
        String[] words = new String[options.length + 1];
        words[0] = "map";
        System.arraycopy(options, 0, words, 1, options.length);
        return SandrunProcess.run(environment, "", words);
    }

    @Test
    void each_row_has_its_line_and_the_exit_code_says_whether_one_failed() throws Exception {
        var ended = map("--in-flight", "3", program.toString(), rows.toString(), "euros");
        List<JsonNode> lines = ended.output().lines().map(MapCommandTest::json).toList();
        assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(1);
        assertThat(ended.errors()).contains("1 of 12 rows failed");
        assertThat(lines).hasSize(12);
        assertThat(lines.get(11).path("value").asText()).isEqualTo("36 euros");
        assertThat(lines.get(6).path("code").asText()).isEqualTo("exit_nonzero");
        assertThat(lines.get(6).path("exit_code").asInt()).isEqualTo(5);

        var again = map("--in-flight", "3", program.toString(), rows.toString(), "euros");
        List<JsonNode> repeated =
                again.output().lines().map(MapCommandTest::json).toList();
        assertThat(repeated.get(0)).isEqualTo(lines.get(0));
        assertThat(repeated.get(6).path("job_id")).isNotEqualTo(lines.get(6).path("job_id"));
    }

    @Test
    void a_killed_run_goes_on_with_the_same_jobs() throws Exception {
        Path slow = Files.writeString(directory.resolve("slow.sh"), "read n; sleep 0.2; echo $n\n");
        String first;
        try (SandrunProcess killed =
                SandrunProcess.start(environment, "map", "--in-flight", "2", slow.toString(), rows.toString())) {
            first = killed.awaitOutputLine();
            killed.kill();
            killed.awaitEnd();
        }
        Path target = directory.resolve("results.jsonl");
        var ended = map("--in-flight", "8", "-o", target.toString(), slow.toString(), rows.toString());
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
        List<String> lines = Files.readAllLines(target);
        assertThat(lines).hasSize(12);
        assertThat(lines.get(0)).isEqualTo(first);
        assertThat(lines.stream().map(line -> json(line).path("value").asInt()).toList())
                .isEqualTo(IntStream.rangeClosed(1, 12).boxed().toList());
        assertThat(lines.stream().map(line -> json(line).path("job_id")).distinct())
                .hasSize(12);
        assertThat(directory.resolve("rows.jsonl.map")).doesNotExist();
    }

    @Test
    void a_disk_that_is_full_under_the_state_is_told_and_the_run_goes_on_when_there_is_room() throws Exception {
        Path plain = Files.writeString(directory.resolve("plain.sh"), "read n; echo $n\n");
        Path state = directory.resolve("rows.jsonl.map");
        String first;
        try (SandrunProcess full = SandrunProcess.startWithin(
                1, environment, "map", "--in-flight", "3", plain.toString(), rows.toString())) {
            SandrunProcess.Ended ended = full.awaitEnd();
            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(complaints(ended))
                    .singleElement(InstanceOfAssertFactories.STRING)
                    .contains(state.toString(), "Make room and start the same again");
            first = ended.output().lines().findFirst().orElseThrow();
        }
        // Of the line that did not fit, nothing is left.
        assertThat(Files.readString(state)).endsWith("}\n");
        var ended = map("--in-flight", "3", plain.toString(), rows.toString());
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
        List<String> lines = ended.output().lines().toList();
        assertThat(lines.get(0)).isEqualTo(first);
        assertThat(lines.stream().map(line -> json(line).path("value").asInt()).toList())
                .isEqualTo(IntStream.rangeClosed(1, 12).boxed().toList());
        assertThat(state).doesNotExist();
    }

    private static List<String> complaints(SandrunProcess.Ended ended) {
        return ended.errors()
                .lines()
                .filter(line -> line.startsWith("sandrun: "))
                .toList();
    }

    @Test
    void results_that_are_not_taken_are_kept_for_the_next_run() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "this machine has no " + full);
        Path plain = Files.writeString(directory.resolve("plain.sh"), "read n; echo $n\n");
        try (SandrunProcess deaf =
                SandrunProcess.startInto(full, environment, "map", plain.toString(), rows.toString())) {
            SandrunProcess.Ended ended = deaf.awaitEnd();
            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(ended.errors()).contains("Standard output cannot be written");
        }
        var named = map("-o", full.toString(), plain.toString(), rows.toString());
        assertThat(named.exitCode()).isEqualTo(1);
        assertThat(named.errors()).contains("/dev/full cannot be written", "start the same again");
        assertThat(directory.resolve("rows.jsonl.map")).isNotEmptyFile();
        var again = map(plain.toString(), rows.toString());
        assertThat(again.exitCode()).as(again.errors()).isZero();
        assertThat(again.output().lines()).hasSize(12);
    }

    @Test
    void what_cannot_be_meant_is_said_in_one_line() throws Exception {
        Path wrong = Files.writeString(directory.resolve("wrong.jsonl"), "{\n");
        for (String[] slip : new String[][] {
            {program.toString()},
            {program.toString(), wrong.toString()},
            {"--stdin", program.toString(), program.toString(), rows.toString()},
        }) {
            var ended = map(slip);
            assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(2);
            assertThat(ended.errors()).startsWith("sandrun: ").doesNotContain("\n");
        }
    }
}
