package io.sandrun.runtime;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A slot for all tests of a class, which are skipped where the system has no Python. */
final class PythonSlot implements BeforeAllCallback, AfterAllCallback {
    private @Nullable Sandboxes sandboxes;

    @Override
    public void beforeAll(ExtensionContext tests) throws Exception {
        assumeTrue(Files.isExecutable(Path.of(ForkedStartTest.PYTHON)), ForkedStartTest.PYTHON + " is not installed");
        sandboxes = Sandboxes.open(new SandboxSettings(1, Path.of(System.getProperty("java.io.tmpdir"))));
    }

    @Override
    public void afterAll(ExtensionContext tests) {
        if (sandboxes != null) {
            sandboxes.close();
        }
    }

    Slot slot() {
        return Objects.requireNonNull(sandboxes).slot(0);
    }
}
