package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.cli.pack.Unpacking;
import io.sandrun.protocol.BrokerClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Brings a job's outputs into a folder, and says of each file that it is there. One thread. */
final class OutputDownload {
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

    /** All of them, each at its path; one after the other, so that what has arrived before a failure is there. */
    void all() throws IOException {
        JsonNode files = client.outputs(jobId).path("files");
        if (files.isEmpty()) {
            Console.tell("the job left no files");
        }
        for (JsonNode file : files) {
            one(file.asText());
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
