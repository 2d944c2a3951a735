package io.sandrun.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A directory that goes with the benchmark that made it. */
public record ScratchDirectory(Path path) implements AutoCloseable {
    public static ScratchDirectory make() throws IOException {
        return new ScratchDirectory(Files.createTempDirectory("sandrun-benchmark"));
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> inside = Files.walk(path)) {
            for (Path file : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
