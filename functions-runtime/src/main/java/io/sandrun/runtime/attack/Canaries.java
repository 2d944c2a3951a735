package io.sandrun.runtime.attack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is planted on the host for attacks to aim at: two files, and a {@link Witness}. Every name and key is random, so
 * that nothing is found by chance. One thread.
 */
public final class Canaries implements AutoCloseable {
    /** Port of the neighbour's listener: in a network of its own, every port is free. */
    static final int NEIGHBOUR_PORT = 4711;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Map<Path, String> files = new HashMap<>();
    private final String word = freshWord();
    private final int key = freshKey();
    private final Path directory;
    private final Path hostFile;
    private final Path secretFile;
    private final Path socket;
    private final Path planted;
    private final Witness witness;

    private Canaries(byte[] program, Path directory) throws IOException {
        // Only the sandbox shall stand between a job and these: permissions let everybody in, except to the secret.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        this.directory = directory;
        hostFile = plant(directory.resolve(word), "rw-rw-rw-");
        secretFile = plant(directory.resolve("agent-key"), "rw-------");
        socket = directory.resolve(word + ".socket");
        planted = directory.resolve("planted");
        witness = Witness.start(program, word, directory, key);
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    /**
     * Plants all of them.
     *
     * @param directory of this user, empty; it is made readable for everybody
     */
    public static Canaries plant(byte[] program, Path directory) throws IOException {
        return new Canaries(program, directory);
    }

    private Path plant(Path file, String permissions) throws IOException {
        String content = freshWord();
        Files.writeString(file, content, StandardCharsets.US_ASCII);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        files.put(file, content);
        return file;
    }

    /** A word that nobody else has. */
    public static String freshWord() {
        return "canary-" + Long.toHexString(RANDOM.nextLong() | Long.MIN_VALUE);
    }

    /** A key of System V objects that nobody else has, never 0, which would be nobody's. */
    public static int freshKey() {
        return 0x40000000 | RANDOM.nextInt(0x3fffffff) + 1;
    }

    /** What the placeholders of attacks.txt stand for, as far as they are the host's. */
    public Map<String, String> places() {
        return Map.of(
                "directory", directory.toString(),
                "planted", planted.toString(),
                "file", hostFile.toString(),
                "secret", secretFile.toString(),
                "word", word,
                "key", Integer.toString(key),
                "port", Integer.toString(witness.port()),
                "pid", Long.toString(witness.pid()),
                "socket", socket.toString());
    }

    /** What the files contain, and nobody may read. */
    Collection<String> secrets() {
        return files.values();
    }

    /** What has been touched since it was asked last; empty if all is well. */
    public List<String> touches() {
        List<String> touches = new ArrayList<>(witness.touches());
        if (planted.toFile().delete()) {
            touches.add("made: " + planted);
        }
        files.forEach((file, content) -> {
            try {
                if (!Files.readString(file, StandardCharsets.US_ASCII).equals(content)) {
                    touches.add("touched: " + file);
                }
            } catch (IOException gone) {
                touches.add("unreadable: " + file);
            }
        });
        return touches;
    }

    /** Ends the process and removes what was planted. */
    @Override
    public void close() throws IOException {
        witness.close();
        Files.deleteIfExists(socket);
        for (Path file : files.keySet()) {
            Files.deleteIfExists(file);
        }
    }
}
