package io.sandrun.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory that goes with the benchmark that made it. */
public record ScratchDirectory(Path path) implements AutoCloseable {
    public static ScratchDirectory make() throws IOException {
        return new ScratchDirectory(Files.createTempDirectory("sandrun-benchmark"));
    }

    @Override
    public void close() throws IOException {
        Directories.delete(path);
    }
}
