package io.sandrun.cli;

import io.sandrun.node.environment.EnvironmentChoice;
import io.sandrun.node.install.InstallChoice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Goes once through what commands and servers do, on a platform of its own that goes with it. The launcher starts it,
 * and has Java archive the classes that it has by then: what is missing here starts later than it could, and that is
 * all.
 */
final class Rehearsal {
    private static final String INTERPRETER = "bash";

    private Rehearsal() {}

    public static void main(String[] args) {
        new ServerLog().open();
        Sandrun.execute("--version");
        Sandrun.execute("--help");
        try (EphemeralPlatform platform =
                EphemeralPlatform.start(Optional.of(INTERPRETER), EnvironmentChoice.NONE, InstallChoice.NONE)) {
            play(platform.client().url());
        } catch (Exception unable) {
            // A machine without sandboxes has clients and brokers all the same.
            Console.complain(unable.toString());
        }
        System.exit(0);
    }

    private static void play(String url) throws Exception {
        Path program = Files.createTempFile("sandrun-rehearsal", ".sh");
        try {
            Files.writeString(program, "echo hello\n");
            Sandrun.execute("run", "--url", url, program.toString());
            Sandrun.execute("submit", "--url", url, program.toString());
        } finally {
            Files.delete(program);
        }
        // There is no such job, and the answer that says so takes the same way.
        for (String command : List.of("status", "results", "logs", "outputs")) {
            Sandrun.execute(command, "--url", url, "none");
        }
        for (String command : List.of("jobs", "nodes", "pool", "stats", "environments")) {
            Sandrun.execute(command, "--url", url);
        }
    }
}
