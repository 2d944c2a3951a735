package io.sandrun.runtime.archive;

/**
 * What the archives of one run may contain, all of them together unless a single entry is named.
 *
 * @param archiveBytes as they come, compressed
 * @param totalBytes of all files, unpacked
 * @param entryBytes of one file, unpacked
 * @param entries files, links and directories, those that are only implied by a path included
 * @param pathBytes of one path below /work, in UTF-8
 * @param depth directories that one path may go through
 * @param ratio unpacked bytes per compressed byte, which counts from {@value #RATIO_FREE_BYTES} bytes on
 */
public record ArchiveLimits(
        long archiveBytes, long totalBytes, long entryBytes, int entries, int pathBytes, int depth, int ratio) {
    /** So small that a bomb of that size is none: a file of zeros may well be packed a thousand times smaller. */
    static final long RATIO_FREE_BYTES = 16L << 20;

    /** Extended headers of one entry: long names, and attributes that nobody will look at. */
    static final int HEADER_BYTES = 1 << 20;

    /** Characters of all names, which are kept in memory until the archive has been read. */
    static final int NAME_CHARACTERS = 16 << 20;

    /** Zeros after the end: a tape's block at most, if anybody still has one. */
    static final int PADDING_BYTES = 1 << 20;

    /** What a tar adds to one entry: its header, an extended header with its own, and the rests of their blocks. */
    private static final long FRAME_BYTES = 4096;

    private static final int MAX_ENTRIES = 200_000;
    /** /work/ before and a NUL behind it make PATH_MAX. */
    private static final int MAX_PATH_BYTES = 4089;

    private static final int MAX_DEPTH = 64;
    /** Source text and logs are packed ten to fifty times smaller, deflate can do no more than 1032. */
    private static final int DEFAULT_RATIO = 200;

    public ArchiveLimits {
        if (archiveBytes < 0 || totalBytes < 0 || entryBytes < 0 || entries < 0 || ratio < 1) {
            throw new IllegalArgumentException("a limit of archives is negative, or the ratio below 1");
        }
        if (pathBytes < 1 || pathBytes > MAX_PATH_BYTES || depth < 1 || depth > MAX_PATH_BYTES) {
            throw new IllegalArgumentException("path and depth of archives must be between 1 and " + MAX_PATH_BYTES);
        }
    }

    /** As much as such a disk has room for, with the usual bounds on everything else. */
    public static ArchiveLimits within(long diskBytes, long diskInodes) {
        int entries = (int) Math.min(diskInodes, MAX_ENTRIES);
        return new ArchiveLimits(diskBytes, diskBytes, diskBytes, entries, MAX_PATH_BYTES, MAX_DEPTH, DEFAULT_RATIO);
    }

    /** What may come out of the decompression: the files and what a tar wraps around them. */
    long expandedBytes() {
        return totalBytes + entries * FRAME_BYTES + HEADER_BYTES + PADDING_BYTES;
    }
}
