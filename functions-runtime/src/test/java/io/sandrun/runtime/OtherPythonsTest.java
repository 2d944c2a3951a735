package io.sandrun.runtime;

import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sandrun.runtime.attack.AttackProgram;
import io.sandrun.runtime.interpreter.Interpreter;
import io.sandrun.runtime.interpreter.InterpreterProbe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Interpreters of other versions than the system's, as pyenv installs them, and programs that are none. */
class OtherPythonsTest {
    private static final Path INSTALLED = Path.of(System.getProperty("user.home"), ".pyenv", "versions");
    private static final int ROUNDS = 4;

    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(1);

    @TestFactory
    Stream<DynamicTest> each_version_from_3_7_on_is_forked_and_those_before_are_executed() throws IOException {
        assumeTrue(Files.isReadable(INSTALLED), "pyenv has installed nothing for this user");
        try (Stream<Path> versions = Files.list(INSTALLED)) {
            List<Path> programs = versions.map(version -> version.resolve("bin/python3"))
                    .filter(Files::isExecutable)
                    .toList();
            assumeTrue(!programs.isEmpty(), "pyenv has installed no Python 3");
            return programs.stream()
                    .map(program -> DynamicTest.dynamicTest(program.toString(), () -> startsAsItCan(program)));
        }
    }

    private static void startsAsItCan(Path program) throws IOException {
        Interpreter python = new InterpreterProbe(found -> true).at("python3", program);
        String source = """
                import sys, os
                print('%d.%d.%d' % sys.version_info[:3], sys.argv, sys.executable, __file__, len(os.environ))
                raise SystemExit(3)
                """;
        RunRequest request = new RunRequest(
                python.command(List.of("an argument")),
                python.environment(),
                new byte[0],
                List.of(new InputFile("main.py", source.getBytes(StandardCharsets.UTF_8), false)),
                python.readOnlyPaths(),
                Guest.sh("").request().limits());
        RunResult cold = SLOTS.slot().run(request, new Cancellation());
        assertThat(text(cold.stdout())).startsWith(python.version() + " ['");
        RunRequest forked = request.with(Objects.requireNonNull(python.preload(List.of())));
        RunResult last = cold;
        for (int round = 0; round < ROUNDS; round++) {
            last = SLOTS.slot().run(forked, new Cancellation());
            SLOTS.slot().getReady();
            assertThat(text(last.stdout())).isEqualTo(text(cold.stdout()));
            assertThat(text(last.stderr())).isEqualTo(text(cold.stderr()));
            assertThat(last.exitCode()).isEqualTo(3);
        }
        boolean tellsOfForks = !python.version().matches("3\\.[0-6]\\..*");
        assertThat(last.phases().birth()).isEqualTo(tellsOfForks ? Birth.FORKED : Birth.EXECUTED);
    }

    /** Into a program that is linked statically nothing can be loaded. */
    @Test
    void what_cannot_become_a_zygote_is_executed(@TempDir Path directory) throws IOException {
        Path program = Files.write(directory.resolve("program"), AttackProgram.bytes());
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (int round = 0; round < ROUNDS; round++) {
            RunResult result = Guest.command("/shown/program", "list")
                    .trees(new ShownTree(directory, "/shown"))
                    .preload(1)
                    .runIn(SLOTS.slot());
            assertThat(text(result.stdout())).contains("inherited-environment\n");
            assertThat(result.phases().birth()).isEqualTo(Birth.EXECUTED);
        }
    }
}
