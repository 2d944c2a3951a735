package io.sandrun.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a server keeps what must survive it. The broker owns the directory, a node its folder {@code node}. */
final class DataOption {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where the servers keep their data (default: sandrun in the XDG data home).")
    @Nullable
    Path directory;

    Path broker() {
        return directory == null ? dataHome().resolve("sandrun") : directory;
    }

    Path node() {
        return broker().resolve("node");
    }

    /** By the XDG Base Directory Specification; a relative XDG_DATA_HOME is invalid and ignored. */
    static Path dataHome() {
        String xdg = System.getenv("XDG_DATA_HOME");
        return xdg != null && Path.of(xdg).isAbsolute()
                ? Path.of(xdg)
                : Path.of(System.getProperty("user.home"), ".local", "share");
    }
}
