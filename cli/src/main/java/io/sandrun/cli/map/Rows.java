package io.sandrun.cli.map;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.identity.Digest;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a file, a JSON value a line, read one chunk after the other however many there are. Empty lines are none.
 * For one thread.
 */
public final class Rows implements AutoCloseable {
    /** Of one row, bytes: what a job may read from its standard input. */
    private static final int ROW_BYTES = Limits.STDIN_BYTES;

    private final Path file;
    private final int chunkRows;
    private final InputStream in;
    private long line;
    private int chunks;

    private Rows(Path file, int chunkRows) throws IOException {
        this.file = file;
        this.chunkRows = chunkRows;
        this.in = new BufferedInputStream(Files.newInputStream(file));
    }

    /** @param chunkRows how many one job gets */
    public static Rows open(Path file, int chunkRows) throws IOException {
        return new Rows(file, chunkRows);
    }

    /**
     * Rows for one job.
     *
     * @param index of this chunk, from 0
     * @param rows each a line of JSON
     * @param lines where each stands in the file, from 1
     */
    public record Chunk(int index, List<String> rows, List<Long> lines) {
        /** What the job reads. */
        String input() {
            return String.join("\n", rows) + "\n";
        }
    }

    /** What a file of rows has. */
    public record Survey(long rows, String sha256) {}

    /**
     * Reads the whole file once.
     *
     * @throws RowException for a line that is no JSON
     */
    public static Survey survey(Path file) throws IOException {
        MessageDigest digest = Digest.sha256();
        long count = 0;
        try (Rows rows = open(file, 1)) {
            for (Chunk chunk = rows.next(); chunk != null; chunk = rows.next()) {
                digest.update(chunk.input().getBytes(StandardCharsets.UTF_8));
                count++;
            }
        }
        return new Survey(count, HexFormat.of().formatHex(digest.digest()));
    }

    /** The next rows; null after the last. */
    public @Nullable Chunk next() throws IOException {
        List<String> rows = new ArrayList<>();
        List<Long> lines = new ArrayList<>();
        while (rows.size() < chunkRows) {
            String text = line();
            if (text == null) {
                break;
            }
            if (!text.isBlank()) {
                requireJson(text);
                rows.add(text.strip());
                lines.add(line);
            }
        }
        return rows.isEmpty() ? null : new Chunk(chunks++, rows, lines);
    }

    private void requireJson(String text) {
        try {
            Json.MAPPER.readTree(text);
        } catch (JsonProcessingException slip) {
            throw new RowException("Line %d of %s is not JSON.".formatted(line, file));
        }
    }

    private @Nullable String line() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int next = in.read();
        if (next < 0) {
            return null;
        }
        line++;
        while (next >= 0 && next != '\n') {
            if (bytes.size() >= ROW_BYTES) {
                throw new RowException("Line %d of %s is larger than %,d bytes.".formatted(line, file, ROW_BYTES));
            }
            bytes.write(next);
            next = in.read();
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
