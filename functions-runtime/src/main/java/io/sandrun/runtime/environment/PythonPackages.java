package io.sandrun.runtime.environment;

import io.sandrun.runtime.name.GuestName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which packages somebody asked for in a tree that pip has installed, and which modules they bring: read from what pip
 * writes beside them, without running anything.
 */
public final class PythonPackages {
    private static final Pattern NAME = Pattern.compile("(?m)^Name: *(\\S+)\\s*$");

    /** A line of RECORD: a package's first file, a module of one file, or a compiled one. */
    private static final Pattern MODULE =
            Pattern.compile("(?m)^\"?([A-Za-z_]\\w*)(?:/__init__\\.pyi?|\\.py|(?:\\.[\\w-]+)?\\.so)\"?,");

    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_]\\w*");

    /** Of one list of files: a package of ten thousand files has one of a MiB. */
    private static final int TEXT_BYTES_MAX = 8 << 20;

    private PythonPackages() {}

    /**
     * Package to its modules, in the alphabet's order; a package without any is left out.
     *
     * @throws IOException if the tree cannot be read
     */
    public static Map<String, List<String>> requestedIn(Path tree) throws IOException {
        Map<String, List<String>> packages = new TreeMap<>();
        try (DirectoryStream<Path> notes = Files.newDirectoryStream(tree, "*.dist-info")) {
            for (Path note : notes) {
                Matcher name = NAME.matcher(text(note.resolve("METADATA")));
                if (Files.exists(note.resolve("REQUESTED"), LinkOption.NOFOLLOW_LINKS) && name.find()) {
                    List<String> modules = modules(note);
                    if (!modules.isEmpty()) {
                        packages.put(name.group(1), modules);
                    }
                }
            }
        }
        return packages;
    }

    private static List<String> modules(Path note) throws IOException {
        Set<String> found = new TreeSet<>();
        for (String line : text(note.resolve("top_level.txt")).lines().toList()) {
            if (IDENTIFIER.matcher(line.strip()).matches()) {
                found.add(line.strip());
            }
        }
        if (found.isEmpty()) {
            Matcher module = MODULE.matcher(text(note.resolve("RECORD")));
            while (module.find()) {
                found.add(module.group(1));
            }
        }
        List<String> open = new ArrayList<>(found);
        open.removeIf(module -> module.startsWith("_"));
        return open.isEmpty() ? List.copyOf(found) : open;
    }

    /** Empty where there is no such file. */
    private static String text(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return "";
        }
        try (InputStream in = Files.newInputStream(file)) {
            return GuestName.decode(in.readNBytes(TEXT_BYTES_MAX)).orElse("");
        }
    }
}
