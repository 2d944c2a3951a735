package io.sandrun.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Slots for each test of a class, in sandboxes of their own, after which there are no zygotes any more. */
final class ZygoteSlots implements BeforeEachCallback, AfterEachCallback {
    private static final long PATIENCE_SECONDS = 20;

    private final int count;
    private @Nullable Sandboxes sandboxes;

    ZygoteSlots(int count) {
        this.count = count;
    }

    @Override
    public void beforeEach(ExtensionContext test) throws SandboxUnavailableException {
        assumeTrue(Files.isExecutable(Path.of(ForkedStartTest.PYTHON)), ForkedStartTest.PYTHON + " is not installed");
        sandboxes = Sandboxes.open(new SandboxSettings(count, Path.of(System.getProperty("java.io.tmpdir"))));
    }

    @Override
    public void afterEach(ExtensionContext test) {
        if (sandboxes != null) {
            close();
        }
    }

    /** Before the test's end. */
    void close() {
        sandboxes().close();
        sandboxes = null;
        assertThat(zygotes()).isEmpty();
    }

    Sandboxes sandboxes() {
        return Objects.requireNonNull(sandboxes);
    }

    Slot one() {
        return sandboxes().slot(0);
    }

    Slot other() {
        return sandboxes().slot(1);
    }

    /** The zygotes of this process: the first of each kind, and slots' copies. */
    static List<ProcessHandle> zygotes() {
        return ProcessHandle.current()
                .children()
                .flatMap(ProcessHandle::children)
                .flatMap(ProcessHandle::children)
                .filter(process -> commandLine(process).contains("/hatch.py"))
                .toList();
    }

    /** The one that was there first, of which the others are copies. */
    static ProcessHandle first() {
        return zygotes().stream()
                .min(Comparator.comparing(
                        process -> process.info().startInstant().orElseThrow()))
                .orElseThrow();
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
        } catch (IOException gone) {
            return "";
        }
    }

    /** Of this process, those that wait for what another does. */
    static long waitingThreads() {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack -> List.of(stack).stream()
                        .anyMatch(frame -> frame.getClassName().endsWith(".Wait")))
                .count();
    }

    static void kill(ProcessHandle process) {
        process.destroyForcibly();
        process.onExit().join();
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("%s; zygotes: %s", what, zygotes()).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
