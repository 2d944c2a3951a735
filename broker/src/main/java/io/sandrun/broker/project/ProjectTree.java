package io.sandrun.broker.project;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the files of an upload make together: names, and no bytes but those of {@code job.json}. Immutable.
 *
 * @param entries by path
 * @param diskBytes what they take of a job's disk, which is counted in pages
 * @param archiveBytes of the archives as they came
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never a key
record ProjectTree(Map<String, Kind> entries, long diskBytes, long archiveBytes, byte @Nullable [] jobJson) {
    /** Where a project may have its manifest. */
    static final String JOB_JSON = "job.json";

    enum Kind {
        FILE,
        /** To somewhere in the tree; what is there is seen when it is unpacked. */
        LINK,
        DIRECTORY
    }

    /** Whether the program may be there. */
    boolean hasFile(String path) {
        Kind kind = entries.get(path);
        return kind == Kind.FILE || kind == Kind.LINK;
    }

    boolean hasDirectory(String path) {
        return entries.get(path) == Kind.DIRECTORY;
    }

    /** A file that may have been meant: the same but for case, or of the same name in another folder. */
    Optional<String> near(String path) {
        String name = name(path);
        return entries.keySet().stream()
                .filter(this::hasFile)
                .filter(file -> file.equalsIgnoreCase(path))
                .findFirst()
                .or(() -> entries.keySet().stream()
                        .filter(this::hasFile)
                        .filter(file -> name(file).equalsIgnoreCase(name))
                        .findFirst());
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Characters of all names: what it takes of memory, about. */
    int weight() {
        long characters =
                entries.keySet().stream().mapToLong(path -> path.length() + 64L).sum();
        return (int) Math.min(Integer.MAX_VALUE, characters + (jobJson == null ? 0 : jobJson.length));
    }
}
