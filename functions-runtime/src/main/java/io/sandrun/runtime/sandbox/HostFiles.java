package io.sandrun.runtime.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a plan must know about the host's tree; a seam, so that plans are tested as pure functions. */
interface HostFiles {
    enum Kind {
        ABSENT,
        FILE,
        DIRECTORY,
        SYMLINK
    }

    /** Of the path itself: a link is not followed. */
    Kind kind(String path);

    /** Of what the path leads to. */
    boolean isDirectory(String path);

    String linkTarget(String path) throws IOException;

    static HostFiles real() {
        return new HostFiles() {
            @Override
            public Kind kind(String path) {
                Path file = Path.of(path);
                if (Files.isSymbolicLink(file)) {
                    return Kind.SYMLINK;
                }
                if (Files.isDirectory(file)) {
                    return Kind.DIRECTORY;
                }
                return Files.exists(file) ? Kind.FILE : Kind.ABSENT;
            }

            @Override
            public boolean isDirectory(String path) {
                return Files.isDirectory(Path.of(path));
            }

            @Override
            public String linkTarget(String path) throws IOException {
                return Files.readSymbolicLink(Path.of(path)).toString();
            }
        };
    }
}
