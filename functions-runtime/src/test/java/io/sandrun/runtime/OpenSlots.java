package io.sandrun.runtime;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Slots for all tests of a class, in sandboxes of their own. */
public final class OpenSlots implements BeforeAllCallback, AfterAllCallback {
    private final int count;
    private final List<String> programs;
    private @Nullable Sandboxes sandboxes;

    private OpenSlots(int count, List<String> programs) {
        this.count = count;
        this.programs = programs;
    }

    public static OpenSlots of(int count) {
        return new OpenSlots(count, List.of());
    }

    /** Where that program is not installed, the tests are skipped. */
    OpenSlots needing(String program) {
        return new OpenSlots(count, List.of(program));
    }

    @Override
    public void beforeAll(ExtensionContext tests) throws SandboxUnavailableException {
        programs.forEach(program -> assumeTrue(Files.isExecutable(Path.of(program)), program + " is not installed"));
        sandboxes = Sandboxes.open(new SandboxSettings(count, Path.of(System.getProperty("java.io.tmpdir"))));
    }

    @Override
    public void afterAll(ExtensionContext tests) {
        if (sandboxes != null) {
            sandboxes.close();
        }
    }

    Sandboxes sandboxes() {
        return Objects.requireNonNull(sandboxes);
    }

    /** The first one. */
    public Slot slot() {
        return slot(0);
    }

    Slot slot(int index) {
        return sandboxes().slot(index);
    }
}
