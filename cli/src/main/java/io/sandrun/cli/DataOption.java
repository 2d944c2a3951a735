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
        return directory == null ? UserEnvironment.dataHome().resolve("sandrun") : directory;
    }

    Path node() {
        return broker().resolve("node");
    }
}
