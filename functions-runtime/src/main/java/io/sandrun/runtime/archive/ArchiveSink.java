package io.sandrun.runtime.archive;

import java.io.IOException;

/**
 * Where the entries of an archive go, one after the other. Paths are checked: relative, plain, below directories that
 * were made before, each made once. One thread.
 */
public interface ArchiveSink {
    /** Takes everything and keeps nothing: to check an archive. */
    ArchiveSink NOWHERE = new ArchiveSink() {};

    default void makeDirectory(String path) throws IOException {}

    /** Begins a file; what {@link #write} brings until {@link #endFile} is its content. */
    default void beginFile(String path, boolean executable) throws IOException {}

    /** The first bytes of the array, which the caller goes on to use. */
    default void write(byte[] bytes, int count) throws IOException {}

    default void endFile() throws IOException {}

    /** @param target leads to a place in the tree, which need not exist */
    default void makeSymbolicLink(String path, String target) throws IOException {}

    /** @param existing a file that was unpacked before */
    default void makeHardLink(String path, String existing) throws IOException {}

    /** Of a file that was unpacked before: some archives tell so only at their end. */
    default void makeExecutable(String path) throws IOException {}
}
