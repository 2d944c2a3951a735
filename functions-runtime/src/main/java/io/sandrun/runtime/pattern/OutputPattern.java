package io.sandrun.runtime.pattern;

import io.sandrun.runtime.name.GuestName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One wish of a manifest: {@code report.txt} or {@code plots} or {@code plots/} (that file, or all of that folder),
 * {@code *.png} (in any folder), {@code logs/*.log} (in that folder), {@code logs/**} (below it). A star stands for any
 * characters but a slash, a question mark for one. Immutable; takes time proportional to pattern times path at most.
 */
final class OutputPattern {
    static final int MAX_BYTES = 1024;

    private static final String ANY_DEPTH = "**";

    private enum Form {
        /** The path itself and all below it. */
        PLACE,
        /** A file's name, wherever it is. */
        NAME,
        /** From the root on, part by part. */
        PATH
    }

    private final Form form;
    private final List<String> parts;

    private OutputPattern(Form form, List<String> parts) {
        this.form = form;
        this.parts = parts;
    }

    /** @throws IllegalArgumentException with a sentence for the manifest's author */
    static OutputPattern parse(String pattern) {
        String shown = "The output pattern '" + GuestName.show(pattern) + "' ";
        require(pattern.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES, shown + "is too long.");
        require(!pattern.isEmpty(), "An output pattern is empty.");
        require(!pattern.startsWith("/"), shown + "is an absolute path; give it relative to the job's folder.");
        List<String> parts = new ArrayList<>();
        for (String part : pattern.split("/", -1)) {
            require(!part.equals(".."), shown + "leaves the job's folder.");
            GuestName.fault(part).ifPresent(why -> require(false, shown + why + "."));
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        boolean isPlain = parts.stream().noneMatch(OutputPattern::hasWildcard);
        if (isPlain) {
            return new OutputPattern(Form.PLACE, List.copyOf(parts));
        }
        if (pattern.endsWith("/")) {
            parts.add(ANY_DEPTH);
        }
        boolean isName = parts.size() == 1 && pattern.indexOf('/') < 0;
        return new OutputPattern(isName ? Form.NAME : Form.PATH, List.copyOf(parts));
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private static boolean hasWildcard(String part) {
        return part.indexOf('*') >= 0 || part.indexOf('?') >= 0;
    }

    /** Whether a file at that path is wanted. */
    boolean matches(List<String> path) {
        return switch (form) {
            case PLACE ->
                path.size() >= parts.size() && path.subList(0, parts.size()).equals(parts);
            case NAME -> matchesPart(parts.get(0), path.get(path.size() - 1));
            case PATH -> matchesParts(path);
        };
    }

    /** Whether something wanted may lie in that directory. */
    boolean mayLieIn(List<String> directory) {
        return form == Form.NAME || leadsThrough(directory);
    }

    /** Whether the pattern itself names that directory, or one below or above it. */
    boolean leadsThrough(List<String> directory) {
        if (form == Form.NAME) {
            return false;
        }
        int common = Math.min(directory.size(), parts.size());
        for (int index = 0; index < common; index++) {
            String part = parts.get(index);
            if (form == Form.PATH && part.equals(ANY_DEPTH)) {
                return true;
            }
            boolean matches =
                    form == Form.PLACE ? part.equals(directory.get(index)) : matchesPart(part, directory.get(index));
            if (!matches) {
                return false;
            }
        }
        return form == Form.PLACE || directory.size() < parts.size();
    }

    /** Goes back to the last ** only: what an earlier one could take more, the last one can take instead. */
    private boolean matchesParts(List<String> path) {
        int part = 0;
        int place = 0;
        int retryPart = -1;
        int retryPlace = -1;
        while (place < path.size()) {
            if (part < parts.size() && parts.get(part).equals(ANY_DEPTH)) {
                retryPart = ++part;
                retryPlace = place;
            } else if (part < parts.size() && matchesPart(parts.get(part), path.get(place))) {
                part++;
                place++;
            } else if (retryPart >= 0) {
                part = retryPart;
                place = ++retryPlace;
            } else {
                return false;
            }
        }
        while (part < parts.size() && parts.get(part).equals(ANY_DEPTH)) {
            part++;
        }
        return part == parts.size();
    }

    /** The same for the characters of one part and the star. */
    private static boolean matchesPart(String pattern, String name) {
        int index = 0;
        int place = 0;
        int retryIndex = -1;
        int retryPlace = -1;
        while (place < name.length()) {
            int width = Character.charCount(name.codePointAt(place));
            char wanted = index < pattern.length() ? pattern.charAt(index) : 0;
            if (wanted == '*') {
                retryIndex = ++index;
                retryPlace = place;
            } else if (wanted == '?') {
                index++;
                place += width;
            } else if (index < pattern.length() && wanted == name.charAt(place)) {
                index++;
                place++;
            } else if (retryIndex >= 0) {
                index = retryIndex;
                retryPlace += Character.charCount(name.codePointAt(retryPlace));
                place = retryPlace;
            } else {
                return false;
            }
        }
        while (index < pattern.length() && pattern.charAt(index) == '*') {
            index++;
        }
        return index == pattern.length();
    }
}
