package io.sandrun.benchmarks.fuzz;

import io.sandrun.benchmarks.Checkout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The inputs that a target starts from: a text file, so that a person can read and review it. One input a line;
 * printable ASCII stands for itself, every other byte and the backslash as {@code \xNN}; a line that begins with
 * {@code #} is a comment.
 */
final class Corpus {
    /** Above it an input is not kept, bytes: a corpus is for reading. */
    static final int KEPT_BYTES = 2048;

    /** Inputs that are kept of one target. */
    static final int KEPT_INPUTS = 150;

    private static final char ESCAPE = '\\';
    private static final String COMMENT = "#";

    private Corpus() {}

    private static Path file(String name) {
        return Checkout.root().resolve("benchmarks/src/main/resources/io/sandrun/benchmarks/fuzz/" + name + ".corpus");
    }

    /** Writes each input into a file of its own, as libFuzzer wants it; answers how many there are. */
    static int unpack(String name, Path directory) throws IOException {
        int count = 0;
        for (String line : Files.readAllLines(file(name), StandardCharsets.US_ASCII)) {
            if (!line.startsWith(COMMENT)) {
                Files.write(directory.resolve("kept-" + count), bytes(line));
                count++;
            }
        }
        return count;
    }

    /** Makes the inputs of a directory the corpus, the shortest first; comments at the head stay. */
    static int pack(Path directory, String name) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file(name), StandardCharsets.US_ASCII)) {
            if (line.startsWith(COMMENT)) {
                lines.add(line);
            }
        }
        int comments = lines.size();
        try (Stream<Path> inputs = Files.list(directory)) {
            for (Path input : inputs.toList()) {
                if (Files.size(input) <= KEPT_BYTES) {
                    lines.add(text(Files.readAllBytes(input)));
                }
            }
        }
        lines.subList(comments, lines.size())
                .sort(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
        List<String> kept = lines.subList(0, Math.min(lines.size(), comments + KEPT_INPUTS));
        Files.write(file(name), kept, StandardCharsets.US_ASCII);
        return kept.size() - comments;
    }

    static String text(byte[] bytes) {
        StringBuilder line = new StringBuilder();
        for (byte one : bytes) {
            boolean isPlain = one >= ' ' && one <= '~' && one != ESCAPE && !(line.isEmpty() && one == '#');
            if (isPlain) {
                line.append((char) one);
            } else {
                line.append("\\x%02x".formatted(one));
            }
        }
        return line.toString();
    }

    static byte[] bytes(String line) {
        byte[] bytes = new byte[line.length()];
        int length = 0;
        for (int at = 0; at < line.length(); at++) {
            if (line.charAt(at) == ESCAPE) {
                bytes[length++] = (byte) Integer.parseInt(line, at + 2, at + 4, 16);
                at += 3;
            } else {
                bytes[length++] = (byte) line.charAt(at);
            }
        }
        return java.util.Arrays.copyOf(bytes, length);
    }
}
