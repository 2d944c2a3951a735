package io.sandrun.node;

import io.sandrun.protocol.Json;
import io.sandrun.protocol.NodeMessages.Complete;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports that the broker has not acknowledged, one file each, named by lease. They outlive a crash of the agent: what
 * was run once need not run again. A file appears under its name only when it is whole and on disk. Thread-safe for
 * different leases.
 */
final class Outbox {
    private static final Logger log = LoggerFactory.getLogger(Outbox.class);
    private static final String ENDING = ".json";

    private final Path directory;

    Outbox(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    void keep(String leaseId, Complete report) throws IOException {
        Path unfinished = directory.resolve(leaseId + ".part");
        try (FileChannel channel = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            var bytes = StandardCharsets.UTF_8.encode(Json.write(report));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(unfinished, file(leaseId), StandardCopyOption.ATOMIC_MOVE);
    }

    void discard(String leaseId) throws IOException {
        Files.deleteIfExists(file(leaseId));
    }

    /** The leases whose reports are kept. */
    List<String> leases() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ENDING))
                    .map(name -> name.substring(0, name.length() - ENDING.length()))
                    .sorted()
                    .toList();
        }
    }

    /** The report of a lease; empty for a file that cannot be read as one, which is moved aside: it never will be. */
    Optional<Complete> read(String leaseId) throws IOException {
        String text = Files.readString(file(leaseId));
        try {
            return Optional.of(Json.read(text, Complete.class));
        } catch (UncheckedIOException broken) {
            Path aside = directory.resolve(leaseId + ".broken");
            Files.move(file(leaseId), aside, StandardCopyOption.REPLACE_EXISTING);
            log.error("A kept report cannot be read; it is now {}", aside);
            return Optional.empty();
        }
    }

    private Path file(String leaseId) {
        return directory.resolve(leaseId + ENDING);
    }
}
