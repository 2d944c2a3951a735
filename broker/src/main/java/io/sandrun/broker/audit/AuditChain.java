package io.sandrun.broker.audit;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.identity.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * How the log lies on the disk: files of lines, each named by the number of its first; each line a JSON object with its
 * number {@code n} and, as {@code previous}, the SHA-256 of the whole line before. Pure but for reading.
 */
final class AuditChain {
    static final String HEAD_FILE = "head.json";

    /** Before the first line. */
    static final String ORIGIN = "0".repeat(64);

    private static final String FORMAT = "audit-%012d.jsonl";

    private AuditChain() {}

    static String fileName(long firstNumber) {
        return FORMAT.formatted(firstNumber);
    }

    static boolean isFileName(String name) {
        return name.matches("audit-\\d{12}\\.jsonl");
    }

    /** In their order. */
    static List<Path> files(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> isFileName(file.getFileName().toString()))
                    .sorted()
                    .toList();
        }
    }

    /** What is signed of the last line. */
    static byte[] headMessage(long number, String sha256) {
        return ("sandrun-audit-1\n" + number + "\n" + sha256 + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** A line as JSON, or missing if it is none. */
    static JsonNode parse(String line) {
        try {
            JsonNode parsed = Json.MAPPER.readTree(line);
            return parsed == null ? Json.MAPPER.missingNode() : parsed;
        } catch (IOException broken) {
            return Json.MAPPER.missingNode();
        }
    }

    /** Where the log ends. */
    record End(long number, String sha256) {}

    /** The end of the last file; a torn line behind it, of a broker that was killed while it wrote, is cut off. */
    static End mend(Path directory) {
        try {
            List<Path> files = files(directory);
            if (files.isEmpty()) {
                return new End(0, ORIGIN);
            }
            Path last = files.get(files.size() - 1);
            byte[] bytes = Files.readAllBytes(last);
            int length = bytes.length;
            while (length > 0 && bytes[length - 1] != '\n') {
                length--;
            }
            if (length < bytes.length) {
                Files.write(last, Arrays.copyOf(bytes, length));
            }
            if (length == 0) {
                long first = Long.parseLong(last.getFileName().toString().substring(6, 18));
                Files.delete(last);
                return files.size() == 1 ? new End(first - 1, ORIGIN) : mend(directory);
            }
            String text = new String(bytes, 0, length - 1, StandardCharsets.UTF_8);
            String line = text.substring(text.lastIndexOf('\n') + 1);
            return new End(parse(line).path("n").asLong(), Digest.ofText(line));
        } catch (IOException unreadable) {
            throw new UncheckedIOException("The audit log cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }
}
