package io.sandrun.runtime.interpreter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a candidate told about itself.
 *
 * @param prefixes directories that hold its libraries
 * @param homes prefixes whose links may lead into other directories
 * @param needs files that must be readable for it to start
 */
record Answer(String version, Path executable, List<Path> prefixes, List<Path> homes, List<Path> needs) {
    private static final Pattern LINE = Pattern.compile("\\s*([a-z.]+) ?= ?(\\S.*)");
    private static final Pattern VERSION = Pattern.compile("\\d+(?:\\.\\d+){0,3}");

    /**
     * Reads {@code key=value} lines and ignores all others.
     *
     * @param asked stands in for a program that does not tell its place
     * @throws IOException if the answer has no version of plain numbers or names something that is not an absolute path
     */
    static Answer parse(String text, Path asked) throws IOException {
        String version = "";
        Path executable = asked;
        List<Path> prefixes = new ArrayList<>();
        List<Path> homes = new ArrayList<>();
        List<Path> needs = new ArrayList<>();
        for (String line : text.lines().toList()) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                continue;
            }
            String value = matcher.group(2).strip();
            switch (matcher.group(1)) {
                case "version" -> version = value;
                case "executable" -> executable = absolute(value);
                case "prefix" -> prefixes.add(absolute(value));
                case "home" -> homes.add(absolute(value));
                case "needs" -> needs.add(absolute(value));
                case "java.version" -> version = value.replaceFirst("[^0-9.].*", "");
                case "java.home" -> {
                    Path home = absolute(value);
                    executable = home.resolve("bin/java");
                    prefixes.add(home);
                    homes.add(home);
                    // Without a compiler there is no running of source files.
                    needs.add(home.resolve("bin/javac"));
                }
                default -> {}
            }
        }
        if (!VERSION.matcher(version).matches()) {
            throw new IOException("it does not tell its version");
        }
        return new Answer(version, executable, prefixes, homes, needs);
    }

    private static Path absolute(String value) throws IOException {
        Path path = Path.of(value).normalize();
        if (!path.isAbsolute()) {
            throw new IOException("'" + value + "' is not an absolute path");
        }
        return path;
    }
}
