package io.sandrun.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.sandrun.runtime.linux.Ids;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Runs test classes once more as a user who has no rights at all: in a process of its own, each test told as one. */
final class OrdinaryUser {
    /** Longer than the process may take, so that its own words are seen when it takes too long. */
    static final int PATIENCE_SECONDS = 250;

    private static final String NOBODY = "65534";
    private static final int TIMEOUT_SECONDS = 240;
    private static final int STACKS_SECONDS = 2;

    /** As for the tests of this process: one that hangs is told by its name. */
    private static final String TIMEOUT_OF_ONE = "junit.jupiter.execution.timeout.default";

    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    private OrdinaryUser() {}

    static Stream<DynamicTest> again(Path directory, Class<?>... classes) throws Exception {
        if (!Ids.own().isRoot()) {
            return skipped("not root: the tests ran as an ordinary user already");
        }
        if (!Files.isExecutable(SETPRIV)) {
            return skipped("setpriv (Debian package util-linux) is not installed");
        }
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path scratch = Files.createDirectory(directory.resolve("scratch"));
        Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path report = scratch.resolve("report");
        Path log = directory.resolve("log");
        Process tests = new ProcessBuilder(commandLine(copyClassPath(directory), scratch, report, classes))
                .directory(scratch.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!tests.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            askForStacks(tests);
            tests.destroyForcibly();
            fail("not done after " + TIMEOUT_SECONDS + " s: " + Files.readString(log));
        }
        assertThat(report).as("log: %s", Files.readString(log)).exists();
        List<String> lines = Files.readAllLines(report);
        assertThat(lines).hasSizeGreaterThan(10);
        return lines.stream().map(OrdinaryUser::reported);
    }

    /** Java writes to its log what each thread is at, which takes it a moment. */
    private static void askForStacks(Process tests) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-QUIT", String.valueOf(tests.pid())).start().waitFor(1, TimeUnit.SECONDS);
        tests.waitFor(STACKS_SECONDS, TimeUnit.SECONDS);
    }

    /** A factory that aborts is not counted by the test runner; a test that does is. */
    private static Stream<DynamicTest> skipped(String reason) {
        return Stream.of(DynamicTest.dynamicTest("as uid " + NOBODY, () -> abort(reason)));
    }

    private static List<String> commandLine(String classPath, Path scratch, Path report, Class<?>... classes) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(List.of(
                SETPRIV.toString(),
                "--reuid=" + NOBODY,
                "--regid=" + NOBODY,
                "--clear-groups",
                java,
                "-Djava.io.tmpdir=" + scratch,
                "-Djna.tmpdir=" + scratch,
                "-D" + TIMEOUT_OF_ONE + "=" + System.getProperty(TIMEOUT_OF_ONE, "120 s"),
                "-cp",
                classPath,
                TestRunner.class.getName(),
                report.toString()));
        for (Class<?> tests : classes) {
            command.add(tests.getName());
        }
        return command;
    }

    private static DynamicTest reported(String line) {
        String[] fields = line.split("\t", -1);
        return DynamicTest.dynamicTest(fields[1] + " as uid " + NOBODY, () -> {
            if (fields[0].equals("ABORTED")) {
                abort(fields[2]);
            }
            assertThat(fields[0]).as("%s: %s", fields[1], fields[2]).isEqualTo("SUCCESSFUL");
        });
    }

    /** The class path may lie in a home directory that nobody else can enter. */
    private static String copyClassPath(Path directory) throws IOException {
        String given = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> copies = new ArrayList<>();
        for (String entry : given.split(File.pathSeparator, -1)) {
            Path source = Path.of(entry);
            if (Files.exists(source)) {
                Path copy = directory.resolve("cp" + copies.size() + "-" + source.getFileName());
                copyTree(source, copy);
                copies.add(copy.toString());
            }
        }
        return String.join(File.pathSeparator, copies);
    }

    private static void copyTree(Path source, Path target) throws IOException {
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.toList()) {
                Path copy = target.resolve(source.relativize(file).toString());
                Files.copy(file, file.equals(source) ? target : copy);
                boolean isDirectory = Files.isDirectory(file);
                Files.setPosixFilePermissions(
                        file.equals(source) ? target : copy,
                        PosixFilePermissions.fromString(isDirectory ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }
}
