package io.sandrun.cli;

import io.sandrun.cli.pack.Unpacking;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Limits;
import io.sandrun.runtime.archive.ArchiveLimits;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Brings a job's outputs into a folder, and says of each file that it is there. One thread. */
final class OutputDownload {
    /** What the disk of a job can have held; zeros, which it may well have, are packed a thousand times smaller. */
    private static final ArchiveLimits LIMITS = new ArchiveLimits(
            (long) Limits.DISK_MB_MAX << 20,
            (long) Limits.DISK_MB_MAX << 20,
            (long) Limits.DISK_MB_MAX << 20,
            Limits.DISK_INODES,
            Limits.PATH_BYTES,
            Limits.PATH_BYTES,
            1100);

    private final BrokerClient client;
    private final String jobId;
    private final Path target;
    private final Unpacking unpacking;

    /** @param overwrite files that are there */
    OutputDownload(BrokerClient client, String jobId, Path target, boolean overwrite) {
        this.client = client;
        this.jobId = jobId;
        this.target = target;
        this.unpacking = new Unpacking(target, overwrite);
    }

    /** All of them, each at its path. */
    void all() throws IOException {
        Path archive = fetch(null);
        try (InputStream packed = new BufferedInputStream(Files.newInputStream(archive))) {
            List<String> files = unpacking.unpack(packed, LIMITS);
            if (files.isEmpty()) {
                Console.tell("the job left no files");
            }
            files.forEach(this::tellOf);
        } finally {
            Files.deleteIfExists(archive);
        }
    }

    /** The one of that path. */
    void one(String path) throws IOException {
        place(fetch(path), path);
    }

    /** All of them as one archive. */
    void archive() throws IOException {
        place(fetch(null), jobId + ".tar.gz");
    }

    private void place(Path arrived, String path) throws IOException {
        try {
            unpacking.place(arrived, path);
        } finally {
            Files.deleteIfExists(arrived);
        }
        tellOf(path);
    }

    private void tellOf(String path) {
        Console.tell("saved " + Console.escaped(target.resolve(path).toString()));
    }

    /** Beside where it will be, so that it can be moved there. */
    private Path fetch(@Nullable String path) throws IOException {
        Files.createDirectories(target);
        Path arrived = Files.createTempFile(target.toAbsolutePath(), ".sandrun-", ".part");
        try (ProgressLine line = new ProgressLine("Downloading")) {
            client.download(jobId, path, arrived, line);
            return arrived;
        } catch (IOException | RuntimeException failed) {
            Files.deleteIfExists(arrived);
            throw failed;
        }
    }
}
