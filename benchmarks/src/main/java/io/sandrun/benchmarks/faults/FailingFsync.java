package io.sandrun.benchmarks.faults;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** A disk whose flushes fail with EIO while a file exists: a small library put before the C library. Needs cc. */
final class FailingFsync implements BadDisk {
    private static final String SOURCE = "fsync_fault.c";
    private Path directory = Path.of("");

    @Override
    public String name() {
        return "failing-fsync";
    }

    @Override
    public String open(Path scratch) throws IOException {
        directory = scratch;
        Path source = scratch.resolve(SOURCE);
        try (InputStream text = FailingFsync.class.getResourceAsStream(SOURCE)) {
            Files.copy(Objects.requireNonNull(text), source);
        }
        try {
            return BadDisk.succeeds(
                            "cc", "-shared", "-fPIC", "-O1", "-o", library().toString(), source.toString(), "-ldl")
                    ? ""
                    : "cc does not build the library";
        } catch (IOException absent) {
            return "there is no C compiler";
        }
    }

    private Path library() {
        return directory.resolve("fsync_fault.so");
    }

    private Path trigger() {
        return directory.resolve("fsync-fails");
    }

    @Override
    public Path data() {
        return directory.resolve("broker");
    }

    @Override
    public Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD",
                library().toString(),
                "SANDRUN_FSYNC_FAULT",
                trigger().toString());
    }

    @Override
    public void refuse() throws IOException {
        Files.createFile(trigger());
    }

    @Override
    public void relent() throws IOException {
        Files.delete(trigger());
    }

    @Override
    public void close() {
        // Everything lies in the scratch directory.
    }
}
