package io.sandrun.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A program that was run to its end, for what it does or says.
 *
 * @param isGood whether it ended with exit code 0
 * @param said on both streams; or that it did not end
 */
record BriefRun(boolean isGood, String said) {
    /** Far more than any of them takes on a busy machine. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    /** @throws IOException if it cannot be started */
    static BriefRun of(ProcessBuilder builder) throws IOException, InterruptedException {
        return of(builder, PATIENCE);
    }

    /** One that is not over by then is ended, with all that it has started. */
    static BriefRun of(ProcessBuilder builder, Duration patience) throws IOException, InterruptedException {
        // A file and no pipe, which whatever the program leaves behind could keep open.
        Path said = Files.createTempFile("said", "");
        try {
            Process process = builder.redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            if (hasEnded(process, patience)) {
                String text = new String(Files.readAllBytes(said), StandardCharsets.UTF_8);
                return new BriefRun(process.exitValue() == 0, text.strip());
            }
            return new BriefRun(false, "it did not end within " + patience.toMillis() + " ms");
        } finally {
            Files.delete(said);
        }
    }

    /** Waits for the end of a program, and makes it when it does not come. */
    static boolean hasEnded(Process process, Duration patience) throws InterruptedException {
        boolean hasEnded = false;
        try {
            hasEnded = process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            if (!hasEnded) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
        return hasEnded;
    }
}
