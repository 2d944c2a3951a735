package io.sandrun.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The Python of this machine, for what checks our signatures without us. */
final class Python {
    private static final long PATIENCE_SECONDS = 60;

    private Python() {}

    /** Debian's own, for which Debian packages modules. */
    static String command() {
        return Files.isExecutable(Path.of("/usr/bin/python3")) ? "/usr/bin/python3" : "python3";
    }

    /** Skips the test, with the reason, where it cannot check signatures. */
    static void assumeHasCryptography() throws InterruptedException {
        assumeTrue(can("import cryptography"), "python3-cryptography is not installed");
    }

    private static boolean can(String statement) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command(), "-c", statement)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException absent) {
            return false;
        }
    }
}
