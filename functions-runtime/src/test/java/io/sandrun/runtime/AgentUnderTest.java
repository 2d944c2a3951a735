package io.sandrun.runtime;

import java.nio.file.Path;

/** An agent in a process of its own, for tests that end it without warning. Runs one sleeper for ever. */
public final class AgentUnderTest {
    private AgentUnderTest() {}

    public static void main(String[] arguments) throws Exception {
        try (Sandboxes sandboxes = Sandboxes.open(new SandboxSettings(1, Path.of(arguments[1])))) {
            Guest.sh("sleep " + arguments[0] + " & exec sleep " + arguments[0]).runIn(sandboxes.slot(0));
        }
    }
}
