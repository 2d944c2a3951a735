package io.sandrun.runtime.archive;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * A tree in memory, as strict as a real one: whatever is made needs a directory above it and may not be there yet.
 */
final class RecordingSink implements ArchiveSink {
    private final Map<String, String> tree = new TreeMap<>();
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private String current = "";
    private long bytes;

    @Override
    public void makeDirectory(String path) {
        put(path, "/");
    }

    @Override
    public void beginFile(String path, boolean executable) {
        current = path;
        put(path, executable ? "x" : "");
        content.reset();
    }

    @Override
    public void write(byte[] chunk, int count) {
        bytes += count;
        content.write(chunk, 0, count);
    }

    @Override
    public void endFile() {
        tree.merge(current, ":" + content.toString(StandardCharsets.UTF_8), String::concat);
    }

    @Override
    public void makeSymbolicLink(String path, String target) {
        put(path, "->" + target);
    }

    @Override
    public void makeHardLink(String path, String existing) {
        if (!tree.getOrDefault(existing, "/").contains(":")) {
            throw new IllegalStateException(existing + " is no file");
        }
        put(path, "=" + existing + ":");
    }

    @Override
    public void makeExecutable(String path) {
        tree.computeIfPresent(path, (key, value) -> "x" + value);
    }

    private void put(String path, String what) {
        int slash = path.lastIndexOf('/');
        if (slash >= 0 && !"/".equals(tree.get(path.substring(0, slash)))) {
            throw new IllegalStateException("nothing to put " + path + " into");
        }
        if (path.startsWith("/") || path.isEmpty() || ("/" + path + "/").contains("/../")) {
            throw new IllegalStateException("outside: " + path);
        }
        if (tree.putIfAbsent(path, what) != null) {
            throw new IllegalStateException(path + " is there");
        }
    }

    /** Path to what is there: "/" a directory, ":content" a file, "x:" an executable one, "->" and "=" links. */
    Map<String, String> tree() {
        return tree;
    }

    long bytes() {
        return bytes;
    }
}
