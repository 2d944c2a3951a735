package io.sandrun.runtime.interpreter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sandrun.runtime.host.HostProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterpreterProbeTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(500);

    private static final Map<String, String> HELLO = Map.of(
            "python3", "print('hello')",
            "node", "console.log('hello')",
            "bash", "echo hello",
            "sh", "echo hello",
            "ruby", "puts 'hello'",
            "perl", "print \"hello\\n\"",
            "Rscript", "cat('hello\\n')",
            "java", "class Main { public static void main(String[] args) { System.err.println(\"hello\"); } }");

    @TempDir
    Path temporary;

    @TempDir
    Path first;

    @TempDir
    Path second;

    @Test
    void everything_that_is_found_here_runs_its_source_file() throws IOException {
        List<Interpreter> found = new InterpreterProbe(interpreter -> true).find();

        assertThat(found).extracting(Interpreter::name).contains("sh").doesNotHaveDuplicates();
        for (Interpreter interpreter : found) {
            Path source = temporary.resolve(interpreter.sourceFileName());
            Files.writeString(source, Objects.requireNonNull(HELLO.get(interpreter.name())) + "\n");
            List<String> command = new ArrayList<>(interpreter.command(List.of("argument")));
            command.set(command.indexOf(interpreter.sourceFileName()), source.toString());
            assertThat(HostProgram.ask(command, LONG))
                    .as(interpreter.toString())
                    .isEqualTo("hello\n");
            assertThat(interpreter.version()).matches("\\d+(\\.\\d+)*");
        }
    }

    @Test
    void a_shim_leads_to_the_real_interpreter() throws IOException {
        Path python = Path.of("/usr/bin/python3");
        assumeTrue(Files.isExecutable(python), "needs " + python);
        program(first.resolve("python3"), "exec " + python + " \"$@\"");

        assertThat(find(LONG, true))
                .singleElement()
                .satisfies(found -> assertThat(found.executable()).isEqualTo(python))
                .satisfies(found -> assertThat(found.readOnlyPaths()).isEmpty());
    }

    @Test
    void the_next_candidate_is_taken_when_the_first_hangs_babbles_fails_or_lies() throws IOException {
        Path good = program(second.resolve("node"), "echo version=20.1.0");
        for (String bad : List.of(
                "sleep 61",
                "while :; do echo babble; done",
                "echo nothing useful",
                "echo version=1.0; exit 1",
                "echo version=1.0; echo executable=/nowhere/node",
                "echo version=1.0; echo prefix=/")) {
            program(first.resolve("node"), bad);

            assertThat(find(SHORT, true))
                    .as(bad)
                    .singleElement()
                    .satisfies(found -> assertThat(found.executable()).isEqualTo(good.toRealPath()));
        }
    }

    @Test
    void what_the_sandbox_user_may_not_read_is_not_offered_when_the_agent_is_root() throws IOException {
        Path prefix = temporary.toRealPath().resolve("versions/1");
        Path executable = program(prefix.resolve("bin/perl"), "");
        Path library =
                Files.writeString(Files.createDirectories(prefix.resolve("lib")).resolve("Config.pm"), "");
        program(
                first.resolve("perl"),
                "echo version=5.1; echo executable=" + executable + "; echo prefix=" + prefix + "; echo needs="
                        + library);

        permit(prefix, "rwx------");
        permit(library, "rw-r--r--");
        assertThat(find(LONG, true)).isEmpty();
        permit(prefix, "rwxr-xr-x");
        permit(library, "rw-------");
        assertThat(find(LONG, true)).isEmpty();
        assertThat(find(LONG, false)).hasSize(1);
        permit(library, "rw-r--r--");
        assertThat(find(LONG, true))
                .singleElement()
                .satisfies(found -> assertThat(found.readOnlyPaths()).containsExactly(prefix));
        permit(executable, "rwx------");
        assertThat(find(LONG, true)).isEmpty();
    }

    @Test
    void what_does_not_run_in_a_sandbox_gives_way_to_the_next() throws IOException {
        program(first.resolve("ruby"), "echo version=3.0");
        program(second.resolve("ruby"), "echo version=2.0");

        assertThat(find(LONG, interpreter -> interpreter.version().equals("2.0")))
                .extracting(Interpreter::version)
                .containsExactly("2.0");
        assertThat(find(LONG, interpreter -> false)).isEmpty();
    }

    @Test
    void the_search_path_has_the_system_directories_last_and_nothing_relative() {
        assertThat(InterpreterProbe.searchPath("/opt/bin::.:bin:/usr/bin:/opt/bin"))
                .containsExactly(Path.of("/opt/bin"), Path.of("/usr/bin"), Path.of("/usr/local/bin"), Path.of("/bin"));
    }

    private List<Interpreter> find(Duration limit, boolean agentIsRoot) {
        return new InterpreterProbe(List.of(first, second), limit, new SandboxAccess(agentIsRoot), interpreter -> true)
                .find();
    }

    private List<Interpreter> find(Duration limit, Predicate<Interpreter> runsInSandbox) {
        return new InterpreterProbe(List.of(first, second), limit, new SandboxAccess(true), runsInSandbox).find();
    }

    private static Path program(Path file, String body) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        permit(file, "rwxr-xr-x");
        return file;
    }

    private static void permit(Path file, String permissions) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
