package io.sandrun.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The launcher that we compare with, asked for what our sandboxes give: the same namespaces, tree and filter. */
final class Bubblewrap {
    private static final String PROGRAM = "/usr/bin/bwrap";

    private Bubblewrap() {}

    /** What it calls itself, if it is installed. */
    static Optional<String> version() throws InterruptedException {
        try {
            BriefRun run = BriefRun.of(new ProcessBuilder(PROGRAM, "--version"));
            return run.isGood() ? Optional.of(run.said()) : Optional.empty();
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /** With the filter open as descriptor 9. It has no limits, no control groups and no disk of its own. */
    static List<String> around(List<String> command, Path work) {
        String flags = "--unshare-all --new-session --die-with-parent --clearenv --setenv PATH /usr/bin"
                + " --setenv HOME /tmp --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib"
                + " --symlink usr/lib64 /lib64 --proc /proc --dev /dev --tmpfs /tmp --chdir /work"
                + " --uid 1000 --gid 1000 --cap-drop ALL --seccomp 9";
        List<String> whole = new ArrayList<>(List.of(PROGRAM));
        whole.addAll(List.of("--bind", work.toString(), "/work"));
        whole.addAll(List.of(flags.split(" ")));
        whole.addAll(command);
        return whole;
    }
}
