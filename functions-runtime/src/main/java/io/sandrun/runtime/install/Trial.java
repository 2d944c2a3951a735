package io.sandrun.runtime.install;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.Harvest;
import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.Slot;
import io.sandrun.runtime.name.GuestName;
import io.sandrun.runtime.proxy.IndexProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** Finds out whether an installer works here: by running it, and by knocking at the door from the inside. */
final class Trial {
    /** What the door of a sandbox must never lead to, as this machine's owner would be the last to allow. */
    static final List<String> REFUSED =
            List.of("127.0.0.1:9", "localhost:9", "[::1]:9", "10.0.0.1:9", "169.254.169.254:9");

    private static final Pattern VERSION = Pattern.compile("[0-9][0-9A-Za-z.+-]{0,50}");

    private static final RunLimits LIMITS = new RunLimits(
            Duration.ofSeconds(60), Duration.ofSeconds(60), 2, 512L << 20, 128, 1024, 64L << 20, 4096, 4096, 1 << 20);

    private static final long KNOCK_BYTES = 1 << 20;

    private final Tool tool;
    private final Slot slot;

    Trial(Tool tool, Slot slot) {
        this.tool = tool;
        this.slot = slot;
    }

    /**
     * The tool's version.
     *
     * @throws InstallerUnavailableException with a sentence that says what does not work
     */
    String version() throws InstallerUnavailableException {
        String version = run(tool.versionCommand(), "runs in a sandbox").strip();
        if (!VERSION.matcher(version).matches()) {
            throw new InstallerUnavailableException(tool.name() + " does not tell its version.");
        }
        String said = run(tool.trialCommand(), "knocks at the door of its sandbox");
        String expected = "403 ".repeat(REFUSED.size()).strip() + "\nclosed";
        if (!said.strip().equals(expected)) {
            throw new InstallerUnavailableException(
                    "The network of a sandbox is not as narrow as it should be: " + GuestName.show(said.strip()) + ".");
        }
        return version;
    }

    private String run(List<String> command, String what) throws InstallerUnavailableException {
        RunRequest request = new RunRequest(
                        command, Installer.variables(tool), new byte[0], List.of(), tool.readOnlyPaths(), LIMITS)
                .with(new IndexProxy(tool.hosts(), KNOCK_BYTES), Harvest.NOTHING);
        RunResult result = slot.run(request, new Cancellation());
        if (result.outcome() != Outcome.OK) {
            String why = new String(result.stderr().bytes(), StandardCharsets.UTF_8).strip();
            String last = why.substring(why.lastIndexOf('\n') + 1);
            throw new InstallerUnavailableException("%s of %s cannot be used: when it %s: %s %s"
                    .formatted(
                            tool.name(), tool.interpreter().executable(), what, result.reason(), GuestName.show(last)));
        }
        return new String(result.stdout().bytes(), StandardCharsets.UTF_8);
    }
}
