package io.sandrun.benchmarks.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A directory whose disk refuses on command. For one thread. */
interface BadDisk extends AutoCloseable {
    String name();

    /** Makes it; answers why it cannot be had here, or an empty text. */
    String open(Path scratch) throws IOException;

    Path data();

    /** What the broker's process needs in its environment. */
    Map<String, String> environment();

    void refuse() throws IOException;

    void relent() throws IOException;

    @Override
    void close() throws IOException;

    /** Runs a program to its end; answers whether it succeeded. */
    static boolean succeeds(String... command) throws IOException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException stop) {
            throw new IOException(stop);
        }
    }
}
