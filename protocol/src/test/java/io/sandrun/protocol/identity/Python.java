package io.sandrun.protocol.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The Python of this machine, for what must agree with it. */
final class Python {
    private static final long PATIENCE_SECONDS = 120;

    private Python() {}

    /** Debian's own first: it is the one for which Debian packages modules. */
    static String command() {
        return Files.isExecutable(Path.of("/usr/bin/python3")) ? "/usr/bin/python3" : "python3";
    }

    /** Whether it can run this much. */
    static boolean can(String statement) {
        try {
            Process process = new ProcessBuilder(command(), "-c", statement)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException absent) {
            return false;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Runs a program on the files of a directory; answers what it printed. */
    static String run(Path directory, String program, String input) throws Exception {
        Path source = Files.writeString(directory.resolve("program.py"), program);
        Path stdin = Files.writeString(directory.resolve("input"), input);
        Path stdout = directory.resolve("output");
        Process process = new ProcessBuilder(command(), source.toString())
                .directory(directory.toFile())
                .redirectInput(stdin.toFile())
                .redirectOutput(stdout.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return Files.readString(stdout, StandardCharsets.UTF_8);
    }
}
