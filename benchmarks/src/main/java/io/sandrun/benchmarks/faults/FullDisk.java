package io.sandrun.benchmarks.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A tmpfs of a few MiB of its own, filled to its last byte. Needs root to mount it. */
final class FullDisk implements BadDisk {
    /** Room for the books of some thousand jobs and SQLite's log. */
    private static final String SIZE = "size=32m";

    private static final int CHUNK_BYTES = 4096;
    private Path mount = Path.of("");

    @Override
    public String name() {
        return "disk-full";
    }

    @Override
    public String open(Path scratch) throws IOException {
        mount = Files.createDirectory(scratch.resolve("small-disk"));
        if (!BadDisk.succeeds("mount", "-t", "tmpfs", "-o", SIZE, "sandrun-faults", mount.toString())) {
            return "mounting a tmpfs needs root";
        }
        return "";
    }

    @Override
    public Path data() {
        return mount.resolve("broker");
    }

    @Override
    public Map<String, String> environment() {
        return Map.of();
    }

    @Override
    public void refuse() throws IOException {
        byte[] zeros = new byte[CHUNK_BYTES];
        try (OutputStream filler = Files.newOutputStream(filler())) {
            while (true) {
                filler.write(zeros);
            }
        } catch (IOException full) {
            if (Files.getFileStore(mount).getUsableSpace() > CHUNK_BYTES) {
                throw full;
            }
        }
    }

    @Override
    public void relent() throws IOException {
        Files.delete(filler());
    }

    private Path filler() {
        return mount.resolve("filler");
    }

    @Override
    public void close() throws IOException {
        if (!BadDisk.succeeds("umount", mount.toString())) {
            throw new IOException("could not unmount " + mount);
        }
    }
}
