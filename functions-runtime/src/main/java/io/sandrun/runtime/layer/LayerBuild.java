package io.sandrun.runtime.layer;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Makes a tree.
 *
 * @param <R> what is told about it
 */
@FunctionalInterface
public interface LayerBuild<R> {
    /** What is made of the directory afterwards, and of the report. */
    enum Fate {
        /** It becomes the layer. */
        KEEP,
        /** Nothing is kept; whoever waited for the same tree is told the same. */
        FAIL,
        /** Nothing is kept; whoever waited for the same tree makes it anew. */
        GIVE_UP
    }

    /**
     * @param bytes of the tree on disk
     * @param report of the maker
     */
    record Built<R>(Fate fate, long bytes, R report) {}

    /**
     * Fills an empty directory. One build at a time for each key.
     *
     * @throws IOException when the node failed; as if it had been given up
     */
    Built<R> into(Path directory) throws IOException;
}
