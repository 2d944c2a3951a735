package io.sandrun.cli.pack;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of an ignore file, as git reads it: {@code *.log} (that name in any folder), {@code /build} or
 * {@code a/b.txt} (from the root on), {@code cache/} (folders only), {@code **} (any folders), {@code !keep}
 * (takes back what an earlier line left out). A star stands for any characters but a slash, a question mark for one,
 * {@code [a-z]} and {@code [!a-z]} for one of a set; a backslash takes the next character as it is. Immutable; takes
 * time proportional to pattern times path at most.
 */
final class IgnorePattern {
    private static final String ANY_DEPTH = "**";

    private final List<String> parts;
    private final boolean leavesOut;
    private final boolean onlyFolders;

    private IgnorePattern(List<String> parts, boolean leavesOut, boolean onlyFolders) {
        this.parts = parts;
        this.leavesOut = leavesOut;
        this.onlyFolders = onlyFolders;
    }

    /**
     * @param line not blank, no comment, without spaces at its end
     * @throws IllegalArgumentException with words that follow the line's number
     */
    static IgnorePattern parse(String line) {
        boolean leavesOut = !line.startsWith("!");
        String text = leavesOut ? line : line.substring(1);
        boolean onlyFolders = text.endsWith("/");
        String path = onlyFolders ? text.substring(0, text.length() - 1) : text;
        boolean fromRoot = path.indexOf('/') >= 0;
        List<String> parts = new ArrayList<>();
        if (!fromRoot) {
            parts.add(ANY_DEPTH);
        }
        for (String part : path.split("/", -1)) {
            if (part.equals(".") || part.equals("..")) {
                throw new IllegalArgumentException("has the part '" + part + "', which no path in the folder has");
            }
            PartPattern.check(part);
            boolean again = part.equals(ANY_DEPTH) && !parts.isEmpty() && ANY_DEPTH.equals(parts.get(parts.size() - 1));
            if (!part.isEmpty() && !again) {
                parts.add(part);
            }
        }
        if (path.isEmpty() || path.equals("/")) {
            throw new IllegalArgumentException("names nothing");
        }
        return new IgnorePattern(List.copyOf(parts), leavesOut, onlyFolders);
    }

    /** What the line says of the paths that it matches: to leave them out, or to keep them after all. */
    boolean leavesOut() {
        return leavesOut;
    }

    boolean matches(List<String> path, boolean isFolder) {
        return (isFolder || !onlyFolders) && matchesParts(path);
    }

    /** Goes back to the last ** only: what an earlier one could take more, the last one can take instead. */
    private boolean matchesParts(List<String> path) {
        int part = 0;
        int place = 0;
        int retryPart = -1;
        int retryPlace = -1;
        while (place < path.size()) {
            if (part < parts.size() && parts.get(part).equals(ANY_DEPTH)) {
                // At the end it stands for what lies inside, and so for one name at least.
                place += part == parts.size() - 1 ? 1 : 0;
                retryPart = ++part;
                retryPlace = place;
            } else if (part < parts.size() && PartPattern.matches(parts.get(part), path.get(place))) {
                part++;
                place++;
            } else if (retryPart >= 0) {
                part = retryPart;
                place = ++retryPlace;
            } else {
                return false;
            }
        }
        return part == parts.size();
    }
}
