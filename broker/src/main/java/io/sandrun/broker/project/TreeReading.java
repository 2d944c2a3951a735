package io.sandrun.broker.project;

import io.sandrun.broker.project.ProjectTree.Kind;
import io.sandrun.protocol.Limits;
import io.sandrun.runtime.archive.ArchiveSink;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Notes what archives contain while they are read. One thread. */
final class TreeReading implements ArchiveSink {
    /** The unit in which a job's disk is filled. */
    private static final long PAGE_BYTES = 4096;

    private final Map<String, Kind> entries = new TreeMap<>();
    private final ByteArrayOutputStream jobJson = new ByteArrayOutputStream();
    private boolean inJobJson;
    private long fileBytes;
    private long diskBytes;

    @Override
    public void makeDirectory(String path) {
        entries.put(path, Kind.DIRECTORY);
    }

    @Override
    public void beginFile(String path, boolean executable) {
        entries.put(path, Kind.FILE);
        inJobJson = path.equals(ProjectTree.JOB_JSON);
        fileBytes = 0;
    }

    @Override
    public void write(byte[] bytes, int count) {
        fileBytes += count;
        // One byte more than a manifest may have tells that it has too many.
        if (inJobJson && jobJson.size() <= Limits.MANIFEST_BYTES) {
            jobJson.write(bytes, 0, Math.min(count, Limits.MANIFEST_BYTES + 1 - jobJson.size()));
        }
    }

    @Override
    public void endFile() {
        inJobJson = false;
        addToDisk(fileBytes);
    }

    @Override
    public void makeSymbolicLink(String path, String target) {
        entries.put(path, Kind.LINK);
    }

    @Override
    public void makeHardLink(String path, String existing) {
        entries.put(path, Kind.FILE);
    }

    /** A file whose bytes do not pass here. */
    void addToDisk(long sizeBytes) {
        diskBytes += (sizeBytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    }

    /** @param loneJobJson of a file of that name that came in no archive, or null */
    ProjectTree tree(long archiveBytes, byte @Nullable [] loneJobJson) {
        byte[] found = entries.get(ProjectTree.JOB_JSON) == Kind.FILE ? jobJson.toByteArray() : null;
        return new ProjectTree(Map.copyOf(entries), diskBytes, archiveBytes, loneJobJson == null ? found : loneJobJson);
    }
}
