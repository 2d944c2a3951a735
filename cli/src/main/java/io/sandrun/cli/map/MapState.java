package io.sandrun.cli.map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a run: a file to which each result is added as it comes. A run that was killed leaves at worst half
 * a line at its end, which the next one drops. Results stay in the file; in memory is where. Thread-safe.
 */
final class MapState implements AutoCloseable {
    private static final String BEGINNING = "{\"run\":\"map-";

    private final Path path;
    private final RandomAccessFile file;
    private final String runId;
    private final Map<Integer, Known> chunks = new HashMap<>();

    /**
     * A chunk that was run.
     *
     * @param offset of its line in the file
     * @param tries how often it failed before it is good, or until now
     */
    private record Known(long offset, boolean isGood, int tries) {}

    private MapState(Path path, RandomAccessFile file, String runId) {
        this.path = path;
        this.file = file;
        this.runId = runId;
    }

    /**
     * Opens the state of a run, an earlier one's if there is one.
     *
     * @param plan what the run is to do; another one's state is refused
     */
    static MapState open(Path path, ObjectNode plan) throws IOException {
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        try {
            lock(path, file);
            JsonNode header = header(file);
            if (header == null) {
                return begin(path, file, plan);
            }
            if (!header.path("plan").equals(plan)) {
                throw new RowException(
                        path + " is of a run with another program, other options or other rows. Delete it to begin "
                                + "anew, or name another with --state.");
            }
            MapState state = new MapState(path, file, header.path("run").asText());
            state.load();
            return state;
        } catch (IOException | RuntimeException failed) {
            file.close();
            throw failed;
        }
    }

    private static void lock(Path path, RandomAccessFile file) throws IOException {
        FileLock lock;
        try {
            lock = file.getChannel().tryLock();
        } catch (OverlappingFileLockException twice) {
            lock = null;
        }
        if (lock == null) {
            throw new RowException("Another `sandrun map` is running with " + path + ".");
        }
    }

    /** The first line; null of an empty file, and of one that holds but half of it. */
    private static @Nullable JsonNode header(RandomAccessFile file) throws IOException {
        boolean isOurs = beginsAsOurs(file);
        byte[] line = isOurs ? new LineReader(file, 0).next() : null;
        if (isOurs && line == null) {
            return null;
        }
        JsonNode header = line == null ? null : parsed(line);
        if (header == null || !header.path("run").isTextual()) {
            throw new RowException("That is no state of a `sandrun map`: name another file with --state.");
        }
        return header;
    }

    /** So does what a run leaves that is killed at its very start. Nobody else's file is read, or emptied. */
    private static boolean beginsAsOurs(RandomAccessFile file) throws IOException {
        byte[] begun = new byte[(int) Math.min(file.length(), BEGINNING.length())];
        file.seek(0);
        file.readFully(begun);
        return BEGINNING.startsWith(new String(begun, StandardCharsets.ISO_8859_1));
    }

    private static MapState begin(Path path, RandomAccessFile file, ObjectNode plan) throws IOException {
        file.setLength(0);
        String runId = "map-" + UUID.randomUUID();
        ObjectNode header = Json.MAPPER.createObjectNode().put("run", runId);
        header.set("plan", plan);
        MapState state = new MapState(path, file, runId);
        state.append(header);
        return state;
    }

    private void load() throws IOException {
        LineReader lines = new LineReader(file, 0);
        lines.next();
        long offset = lines.offset();
        for (byte[] line = lines.next(); line != null; line = lines.next()) {
            JsonNode known = parsed(line);
            if (known == null || !known.path("chunk").isInt()) {
                break;
            }
            chunks.put(
                    known.path("chunk").asInt(),
                    new Known(
                            offset,
                            known.path("good").asBoolean(),
                            known.path("tries").asInt()));
            offset = lines.offset();
        }
        file.setLength(offset);
    }

    private static @Nullable JsonNode parsed(byte[] line) {
        try {
            return Json.MAPPER.readTree(new String(line, StandardCharsets.UTF_8));
        } catch (JsonProcessingException torn) {
            return null;
        }
    }

    /** Whether a chunk has been run and all its rows are good. */
    synchronized boolean isGood(int chunk) {
        Known known = chunks.get(chunk);
        return known != null && known.isGood();
    }

    /** Under which a chunk is submitted: again and again the same job, until it has failed. */
    synchronized String key(int chunk) {
        Known known = chunks.get(chunk);
        return "%s-%d-%d".formatted(runId, chunk, known == null ? 0 : known.tries());
    }

    /** Notes what came of a chunk. */
    synchronized void add(int chunk, boolean isGood, List<ObjectNode> rows) throws IOException {
        Known before = chunks.get(chunk);
        int tries = (before == null ? 0 : before.tries()) + (isGood ? 0 : 1);
        ObjectNode line = Json.MAPPER
                .createObjectNode()
                .put("chunk", chunk)
                .put("good", isGood)
                .put("tries", tries);
        line.set("rows", Json.MAPPER.valueToTree(rows));
        chunks.put(chunk, new Known(append(line), isGood, tries));
    }

    /** What came of the rows of a chunk. */
    synchronized JsonNode rows(int chunk) throws IOException {
        Known known = chunks.get(chunk);
        byte[] line = known == null ? null : new LineReader(file, known.offset()).next();
        if (line == null) {
            throw new IOException(path + " was changed meanwhile.");
        }
        return Json.read(new String(line, StandardCharsets.UTF_8), JsonNode.class)
                .path("rows");
    }

    /** Adds a whole line or nothing: behind half of one, the next would be unreadable. */
    private long append(JsonNode line) throws IOException {
        long offset = file.length();
        try {
            file.seek(offset);
            file.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            return offset;
        } catch (IOException full) {
            file.setLength(offset);
            throw new UnwrittenException(path.toString(), full);
        }
    }

    /** Everything is done: nobody needs it any more. */
    void delete() throws IOException {
        close();
        Files.deleteIfExists(path);
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }

    /** Whole lines from an offset on. */
    private static final class LineReader {
        private final InputStream in;
        private long offset;

        LineReader(RandomAccessFile file, long offset) throws IOException {
            file.seek(offset);
            this.in = new BufferedInputStream(Channels.newInputStream(file.getChannel()), 64 * 1024);
            this.offset = offset;
        }

        long offset() {
            return offset;
        }

        byte @Nullable [] next() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (next == '\n') {
                    offset += line.size() + 1;
                    return line.toByteArray();
                }
                line.write(next);
            }
            return null;
        }
    }
}
