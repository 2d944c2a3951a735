package io.sandrun.runtime;

import io.sandrun.runtime.output.ArtifactSink;
import io.sandrun.runtime.output.OutputFile;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Keeps small outputs in memory, for tests. */
final class MemoryArtifacts implements ArtifactSink {
    private final Map<String, byte[]> kept = new TreeMap<>();
    private int open;

    @Override
    public Draft begin() {
        open++;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        return new Draft() {
            @Override
            public void write(byte[] chunk, int count) {
                bytes.write(chunk, 0, count);
            }

            @Override
            public void keep(OutputFile file) {
                kept.put(file.path(), bytes.toByteArray());
            }

            @Override
            public void close() {
                open--;
            }
        };
    }

    String text(String path) {
        return new String(kept.get(path), StandardCharsets.UTF_8);
    }

    /** How many drafts were begun and not closed. */
    int open() {
        return open;
    }
}
