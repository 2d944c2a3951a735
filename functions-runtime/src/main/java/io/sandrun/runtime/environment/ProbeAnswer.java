package io.sandrun.runtime.environment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a probe in a sandbox has told, read from its lines of words with tabs between them. The packages that it
 * imported ran in its process, so nothing here is trusted further than their own environment.
 *
 * @param versions package to version, in the order in which they were asked for
 * @param failures package or {@link #PRELOAD}, and what happened
 * @param parts everything that was loaded besides, name to version
 * @param files what was looked at
 * @param isComplete whether it came to its end
 */
record ProbeAnswer(
        Map<String, String> versions,
        Map<String, String> failures,
        SortedMap<String, String> parts,
        List<Path> files,
        boolean isComplete) {
    /** Stands for a package before modules that belong to none. */
    static final String PRELOAD = "*";

    /** Longer than any name, version or first line of an error that a person reads. */
    private static final int WORD_CHARACTERS = 200;

    /** The search path of a language, and a file for each module. */
    private static final int FILES_MAX = 2_000;

    /** A sentence is no table. */
    private static final int FAILURES_NAMED = 3;

    static ProbeAnswer parse(String text) {
        ProbeAnswer answer = new ProbeAnswer(
                new LinkedHashMap<>(), new LinkedHashMap<>(), new TreeMap<>(), new ArrayList<>(), false);
        boolean isComplete = false;
        for (String line : text.split("\n", -1)) {
            String[] words = line.split("\t", -1);
            switch (words[0]) {
                case "package" -> answer.versions.put(word(words, 1), word(words, 2));
                case "failed" -> answer.failures.put(word(words, 1), word(words, 2) + ": " + word(words, 3));
                case "part" -> answer.parts.put(word(words, 1), word(words, 2));
                case "file" -> answer.addFile(words.length > 1 ? words[1] : "");
                case "done" -> isComplete = true;
                default -> {}
            }
        }
        return new ProbeAnswer(answer.versions, answer.failures, answer.parts, answer.files, isComplete);
    }

    private static String word(String[] words, int index) {
        return index < words.length ? cut(words[index]) : "";
    }

    private static String cut(String word) {
        return word.length() <= WORD_CHARACTERS ? word : word.substring(0, WORD_CHARACTERS) + "…";
    }

    private void addFile(String path) {
        if (files.size() < FILES_MAX && path.startsWith("/") && path.indexOf('\0') < 0) {
            files.add(Path.of(path).normalize());
        }
    }

    /** What failed, to follow a name. */
    String failure() {
        String named = failures.entrySet().stream()
                .limit(FAILURES_NAMED)
                .map(failure -> failure.getKey().equals(PRELOAD)
                        ? failure.getValue()
                        : failure.getKey() + " (" + failure.getValue() + ")")
                .collect(Collectors.joining(", "));
        int more = failures.size() - FAILURES_NAMED;
        return named + (more > 0 ? " and " + more + " more" : "");
    }
}
