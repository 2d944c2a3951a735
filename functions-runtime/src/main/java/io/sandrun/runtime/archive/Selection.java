package io.sandrun.runtime.archive;

import java.util.Set;

/**
 * Some files and directories of a tree.
 *
 * @param paths relative and plain; a directory stands for all that is below it, the empty path for everything
 * @param exceptions files that are not taken all the same
 */
public record Selection(Set<String> paths, Set<String> exceptions) {
    public Selection {
        paths = Set.copyOf(paths);
        exceptions = Set.copyOf(exceptions);
    }

    /** Without exceptions. */
    public Selection(Set<String> paths) {
        this(paths, Set.of());
    }

    /** Whether what is at that path is one of them. */
    public boolean takes(String path) {
        if (exceptions.contains(path)) {
            return false;
        }
        if (paths.contains("") || paths.contains(path)) {
            return true;
        }
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            if (paths.contains(path.substring(0, slash))) {
                return true;
            }
        }
        return false;
    }

    /** Whether one of them is at or below that directory. */
    public boolean leadsThrough(String directory) {
        return takes(directory) || paths.stream().anyMatch(path -> path.startsWith(directory + "/"));
    }
}
