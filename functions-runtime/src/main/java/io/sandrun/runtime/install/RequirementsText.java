package io.sandrun.runtime.install;

import io.sandrun.runtime.name.GuestName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A requirements file of pip, as far as one must know it to find the files that it names.
 *
 * @param text what the installer will see: without comments and empty lines
 * @param lists other requirements and constraints files, relative to the project
 * @param local wheels, source archives and directories of the project, relative to it
 */
record RequirementsText(String text, Set<String> lists, Set<String> local) {
    private static final Pattern COMMENT = Pattern.compile("(^|\\s)#.*$");
    private static final Pattern OPTION = Pattern.compile(
            "(-r|--requirement|-c|--constraint|-e|--editable|-f|--find-links)(?:\\s*=\\s*|\\s+|(?<=-[rcef]))(\\S+).*");
    private static final Pattern DIRECT = Pattern.compile("[A-Za-z0-9._-]+(?:\\s*\\[[^]]*])?\\s*@\\s*(\\S+).*");
    private static final Pattern ARCHIVE = Pattern.compile("(?i).+\\.(whl|zip|tar|tar\\.gz|tgz|tar\\.bz2|tar\\.xz)");
    private static final String FILE = "file:";

    /**
     * @param path of the file, relative to the project
     * @throws RequirementsException when it is no text
     */
    static RequirementsText parse(String path, byte[] content) throws RequirementsException {
        String decoded = GuestName.decode(content)
                .orElseThrow(() -> new RequirementsException(
                        "The requirements file '" + GuestName.show(path) + "' is not UTF-8 text."));
        String text = normalised(decoded);
        Set<String> lists = new LinkedHashSet<>();
        Set<String> local = new LinkedHashSet<>();
        for (String line : text.replace("\\\n", "").split("\n", -1)) {
            Matcher option = OPTION.matcher(line.strip());
            if (option.matches()) {
                boolean isList = option.group(1).matches("-r|-c|--requirement|--constraint");
                (isList ? inside(directoryOf(path), option.group(2)) : localPath(option.group(2)))
                        .ifPresent(isList ? lists::add : local::add);
            } else if (!line.isBlank() && !line.startsWith("-")) {
                named(line.strip()).ifPresent(local::add);
            }
        }
        return new RequirementsText(text, lists, local);
    }

    /** Two files that differ in comments alone are one. With continued lines nothing is taken away: it might matter. */
    private static String normalised(String text) {
        String unix = text.replace("\r\n", "\n").replaceFirst("^\uFEFF", "");
        if (unix.contains("\\\n")) {
            return unix;
        }
        List<String> lines = new ArrayList<>();
        for (String line : unix.split("\n", -1)) {
            String bare = COMMENT.matcher(line).replaceFirst("").strip();
            if (!bare.isEmpty()) {
                lines.add(bare);
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private static Optional<String> named(String line) {
        Matcher direct = DIRECT.matcher(line);
        if (direct.matches()) {
            return direct.group(1).startsWith(FILE) ? localPath(direct.group(1)) : Optional.empty();
        }
        String word = line.split("[\\s;]", 2)[0].replaceFirst("\\[[^]]*]$", "");
        boolean isPath = word.startsWith(".") || word.startsWith(FILE) || word.indexOf('/') >= 0;
        return isPath || ARCHIVE.matcher(word).matches() ? localPath(word) : Optional.empty();
    }

    /** Where pip is started, so that is what paths are relative to. */
    private static Optional<String> localPath(String word) {
        String path = word.replaceFirst("[#;].*$", "");
        if (path.startsWith(FILE)) {
            path = path.substring(FILE.length()).replaceFirst("^//", "");
        }
        return path.contains("://") ? Optional.empty() : inside("", path);
    }

    private static String directoryOf(String path) {
        return path.substring(0, path.lastIndexOf('/') + 1);
    }

    /** The plain path that this is, seen from a directory of the project; empty when it is none of the project's. */
    static Optional<String> inside(String directory, String path) {
        String whole = path.startsWith("/") ? path : "/work/" + directory + path;
        if (!whole.startsWith("/work/") && !whole.equals("/work")) {
            return Optional.empty();
        }
        List<String> parts = new ArrayList<>();
        for (String part : whole.substring("/work".length()).split("/", -1)) {
            if (part.equals("..")) {
                if (parts.isEmpty()) {
                    return Optional.empty();
                }
                parts.remove(parts.size() - 1);
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return Optional.of(String.join("/", parts));
    }

    byte[] bytes() {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
