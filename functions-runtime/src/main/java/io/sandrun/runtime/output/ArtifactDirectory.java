package io.sandrun.runtime.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Keeps output files in a directory of the agent, each under its digest: no name of a guest becomes a name of ours, and
 * equal files are kept once. One thread.
 */
public final class ArtifactDirectory implements ArtifactSink {
    private final Path directory;

    /** @param directory exists and is the agent's alone */
    public ArtifactDirectory(Path directory) {
        this.directory = directory;
    }

    /** Where the bytes of a kept file are. */
    public Path pathOf(OutputFile file) {
        return directory.resolve(file.sha256());
    }

    @Override
    public Draft begin() throws IOException {
        Path path = Files.createTempFile(directory, "draft-", "");
        OutputStream stream = Files.newOutputStream(path);
        return new Draft() {
            @Override
            public void write(byte[] bytes, int count) throws IOException {
                stream.write(bytes, 0, count);
            }

            @Override
            public void keep(OutputFile file) throws IOException {
                stream.close();
                Files.move(path, pathOf(file), StandardCopyOption.REPLACE_EXISTING);
            }

            @Override
            public void close() throws IOException {
                stream.close();
                Files.deleteIfExists(path);
            }
        };
    }
}
