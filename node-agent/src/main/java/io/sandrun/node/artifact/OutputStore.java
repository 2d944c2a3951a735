package io.sandrun.node.artifact;

import io.sandrun.runtime.output.ArtifactDirectory;
import io.sandrun.runtime.output.ArtifactSink;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Outputs between the end of their program and the broker's word that the report arrived: a directory for each lease,
 * in it files by digest. Thread-safe for different leases.
 */
public final class OutputStore {
    /** What a broker names leases by; it becomes the name of a directory. */
    private static final Pattern LEASE = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    private final Path directory;

    /**
     * Opens the store, and removes what a crash has left.
     *
     * @param reported the leases whose reports were kept: theirs is not removed
     */
    public OutputStore(Path directory, Collection<String> reported) throws IOException {
        this.directory = Files.createDirectories(directory);
        Set<String> wanted = Set.copyOf(reported);
        for (Path place : list(directory)) {
            if (!wanted.contains(place.getFileName().toString())) {
                remove(place);
            }
        }
    }

    /** Takes the outputs of a lease; nothing is made before the first comes. */
    public ArtifactSink sink(String leaseId) {
        return () -> new ArtifactDirectory(Files.createDirectories(place(leaseId))).begin();
    }

    /** Where an output of a lease is, if it is there. */
    Path file(String leaseId, String sha256) throws IOException {
        return place(leaseId).resolve(sha256);
    }

    /** How much lies there in all, bytes. */
    long totalBytes() throws IOException {
        long total = 0;
        for (Path place : list(directory)) {
            try {
                for (Path file : list(place)) {
                    total += Files.size(file);
                }
            } catch (NoSuchFileException gone) {
                // Its report was taken meanwhile.
            }
        }
        return total;
    }

    /** Makes sure that the outputs of a lease outlive a crash of this machine. */
    void force(String leaseId) throws IOException {
        Path place = place(leaseId);
        if (!Files.exists(place)) {
            return;
        }
        for (Path file : list(place)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
    }

    void discard(String leaseId) throws IOException {
        Path place = place(leaseId);
        if (Files.exists(place)) {
            remove(place);
        }
    }

    private Path place(String leaseId) throws IOException {
        if (!LEASE.matcher(leaseId).matches()) {
            throw new IOException("the broker's lease has a name that this node does not take");
        }
        return directory.resolve(leaseId);
    }

    private static void remove(Path place) throws IOException {
        if (Files.isDirectory(place)) {
            for (Path file : list(place)) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(place);
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }
}
