package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sandrun run} on a machine with no broker: what a newcomer types first. */
class RunCommandTest {
    /** Nobody listens there, and as it is not named by the user, a broker is started for the run. */
    private static final Map<String, String> NO_BROKER = Map.of("SANDRUN_DEFAULT_URL", "http://127.0.0.1:9");

    @TempDir
    Path directory;

    @Test
    void prints_the_programs_output_and_nothing_else_on_standard_output() throws Exception {
        var ended = SandrunProcess.run(NO_BROKER, "", "run", "../examples/hello/hello.py");
        assertThat(ended.output()).isEqualTo("Hello, world, from a sandbox!\n");
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
    }

    @Test
    void what_a_program_leaves_is_put_where_that_is_wanted() throws Exception {
        Path program = Files.writeString(directory.resolve("leaves.py"), "open('left.txt', 'w').write('left')");
        Path target = directory.resolve("results");
        var ended = SandrunProcess.run(NO_BROKER, "", "run", "-o", target.toString(), program.toString());
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
        assertThat(target.resolve("left.txt")).hasContent("left");
        assertThat(target.toFile().list()).containsExactly("left.txt");
    }

    @Test
    void a_dash_is_the_program_on_standard_input() throws Exception {
        var ended = SandrunProcess.run(NO_BROKER, "print(6*7)\n", "run", "-");
        assertThat(ended.output()).isEqualTo("42\n");
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
    }

    @Test
    void leaves_with_the_programs_exit_code_and_passes_its_streams_on() throws Exception {
        Path program = Files.writeString(directory.resolve("three.py"), """
                import sys
                print("out", sys.argv[1:])
                print("err", file=sys.stderr)
                sys.exit(3)
                """);
        var ended = SandrunProcess.run(NO_BROKER, "", "run", program.toString(), "--flag", "two words");
        assertThat(ended.exitCode()).isEqualTo(3);
        assertThat(ended.output()).isEqualTo("out ['--flag', 'two words']\n");
        assertThat(ended.errors()).contains("err");
    }

    @Test
    void prints_the_whole_result_as_json_on_request() throws Exception {
        var ended = SandrunProcess.run(NO_BROKER, "while True: pass", "run", "--json", "--timeout", "0.5", "-");
        JsonNode result = Json.MAPPER.readTree(ended.output());
        assertThat(result.path("code").asText()).isEqualTo("timed_out");
        assertThat(result.path("exit_code").asInt()).isEqualTo(ended.exitCode()).isEqualTo(137);
    }

    @Test
    void a_slip_is_answered_in_one_line_and_exit_code_2() throws Exception {
        for (String[] slip : new String[][] {
            {"run", "no-such-file.py"},
            {"run", "--timeout", "soon", "x.py"},
            {"run", "--no-such-option", "x.py"},
            {"run", "README.unknown"},
            {"run", "-o", "results", "../README.md"},
            {"run", "--url", "nonsense", "-"},
            {"run", "--verify=many", "-"},
            {"run", "--verify", "-"},
            {"dance"},
        }) {
            var ended = SandrunProcess.run(NO_BROKER, "", slip);
            assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(2);
            assertThat(ended.errors()).startsWith("sandrun: ").doesNotContain("\n");
            assertThat(ended.output()).isEmpty();
        }
    }

    @Test
    void what_the_broker_refuses_is_told_in_its_words() throws Exception {
        var ended = SandrunProcess.run(NO_BROKER, "", "run", "--timeout", "-5", "-");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.errors()).contains("timeout").doesNotContain("Exception");
    }

    @Test
    void a_named_broker_that_does_not_answer_is_an_error_and_not_replaced() throws Exception {
        var ended = SandrunProcess.run(Map.of("SANDRUN_URL", "http://127.0.0.1:9"), "print(1)", "run", "-");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.errors()).contains("http://127.0.0.1:9").contains("sandrun up");
    }
}
