package io.sandrun.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The command line of a Java that runs {@code sandrun} with the classes and the Java of this process: for benchmarks
 * and tests, which go without the launcher and yet measure and try what users get. It has the options of the page
 * {@code java-options}.
 */
public final class JavaCommand {
    /** Tells of every option that it is for all roles. */
    private static final String ALL = "all";

    /** With it Java passes over what it does not know, be it mistyped; the launcher has another way to be told. */
    private static final String TOLERANT = "-XX:+IgnoreUnrecognizedVMOptions";

    private JavaCommand() {}

    /** As what Java runs; the page tells of each. */
    public enum Role {
        BROKER,
        UP,
        NODE,
        COMMAND
    }

    /** A line of the page. */
    record Line(String role, String option, String reason) {}

    /**
     * Without arguments for {@code sandrun}, which come behind.
     *
     * @param more options for Java behind those of the page, and so stronger; a collector among them replaces the
     *     page's, and with any {@code -XX} among them Java is to know all
     */
    public static List<String> of(Role role, String... more) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options(role, more));
        command.addAll(List.of(more));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        return command;
    }

    /** In the page's order: those that go before these. */
    static List<String> options(Role role, String... more) {
        String name = role.name().toLowerCase(Locale.ROOT);
        boolean anotherCollector = Stream.of(more).anyMatch(JavaCommand::isCollector);
        boolean tuned = Stream.of(more).anyMatch(option -> option.startsWith("-XX:"));
        return page().stream()
                .filter(line -> line.role().equals(ALL) || line.role().equals(name))
                .map(Line::option)
                .filter(option -> !(anotherCollector && isCollector(option)))
                .filter(option -> !(tuned && option.equals(TOLERANT)))
                .toList();
    }

    private static boolean isCollector(String option) {
        return option.startsWith("-XX:+Use") && option.endsWith("GC");
    }

    static List<Line> page() {
        try (InputStream page = JavaCommand.class.getResourceAsStream("java-options")) {
            return new String(Objects.requireNonNull(page).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split("\\s+", 3))
                    .map(words -> new Line(words[0], words[1], words[2]))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
