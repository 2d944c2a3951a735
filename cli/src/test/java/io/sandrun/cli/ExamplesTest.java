package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Interpreters;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every example runs as its page says. */
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("..", "examples");

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> each_example_runs() throws Exception {
        SandrunProcess up =
                SandrunProcess.start(Map.of(), "up", "--port", "0", "--slots", "1", "--data", directory.toString());
        String url = up.awaitError("listening at (http://\\S+)");
        up.awaitError("ready");
        var nodes = new BrokerClient(URI.create(url)).nodes().path("nodes");
        List<String> offered = nodes.findValues("interpreters").stream()
                .flatMap(list ->
                        Stream.iterate(0, i -> i < list.size(), i -> i + 1).map(list::get))
                .map(name -> name.asText())
                .toList();
        List<Path> programs;
        try (Stream<Path> files = Files.walk(EXAMPLES)) {
            programs = files.filter(
                            file -> Interpreters.forFileName(file.getFileName().toString())
                                    .isPresent())
                    .sorted()
                    .toList();
        }
        assertThat(programs).hasSizeGreaterThan(3);
        return programs.stream()
                .map(program -> DynamicTest.dynamicTest(program.toString(), () -> runs(url, program, offered)))
                .onClose(up::close);
    }

    private static void runs(String url, Path program, List<String> offered) throws Exception {
        String interpreter =
                Interpreters.forFileName(program.getFileName().toString()).orElseThrow();
        Assumptions.assumeTrue(offered.contains(interpreter), () -> "this machine has no " + interpreter);
        var ended = SandrunProcess.run(Map.of("SANDRUN_URL", url), "", "run", program.toString());
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
        assertThat(ended.output()).isNotEmpty();
        assertThat(ended.errors()).isEmpty();
    }
}
