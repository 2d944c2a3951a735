package io.sandrun.runtime;

import static io.sandrun.runtime.ForkedHygieneTest.zygotes;
import static io.sandrun.runtime.ForkedStartTest.PYTHON;
import static io.sandrun.runtime.ForkedStartTest.forked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a slot makes for its next run while it holds the result of the last back. */
class AtOnceTest {
    private static final long PATIENCE_SECONDS = 20;

    private static final int ONE_SLOTS = 2; // zygotes: the first and its copy

    private Sandboxes sandboxes;
    private Slot slot;

    @BeforeEach
    void open() throws Exception {
        assumeTrue(Files.isExecutable(Path.of(PYTHON)), PYTHON + " is not installed");
        sandboxes = Sandboxes.open(new SandboxSettings(1, Path.of(System.getProperty("java.io.tmpdir"))));
        slot = sandboxes.slot(0);
    }

    @AfterEach
    void close() {
        if (sandboxes != null) {
            sandboxes.close();
            assertThat(zygotes()).isEmpty();
        }
    }

    private static Guest program() {
        return Guest.command(PYTHON, "main.py")
                .file("main.py", "print(1)", false)
                .preload(1);
    }

    private RunResult run(Guest guest) {
        return slot.run(guest.request(), new Cancellation());
    }

    /** As a node does that goes on from job to job. */
    private RunResult runAndReport(Guest guest) {
        RunResult result = run(guest);
        slot.getReadyAtOnce();
        slot.getReady();
        return result;
    }

    private long processes() {
        return ProcessHandle.current().descendants().count();
    }

    private void awaitProcesses(long count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (processes() != count) {
            assertThat(System.nanoTime()).as("%d processes", processes()).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    @Test
    void a_sandbox_below_the_copy_that_is_there() {
        forked(program(), slot);
        run(program());
        long idle = processes();
        slot.getReadyAtOnce();
        awaitProcesses(idle + 2); // pid 1 and who waits for the program
        RunResult next = run(program());
        assertThat(next.phases().isForked()).isTrue();
        assertThat(next.phases().start()).isEqualTo(Start.WARM);
    }

    @Test
    void an_empty_sandbox_for_what_cannot_be_forked() {
        runAndReport(Guest.sh("true"));
        run(Guest.sh("true"));
        long idle = processes();
        slot.getReadyAtOnce();
        awaitProcesses(idle + 1);
    }

    @Test
    void no_copy_of_a_zygote_since_that_may_hang() {
        forked(program(), slot);
        run(program());
        List<ProcessHandle> before = zygotes();
        assertThat(before).hasSize(ONE_SLOTS);
        ProcessHandle first = SharedZygoteTest.first();
        before.stream().filter(zygote -> !zygote.equals(first)).forEach(zygote -> {
            zygote.destroyForcibly();
            zygote.onExit().join();
        });
        slot.getReadyAtOnce();
        assertThat(zygotes()).containsExactly(first);
        slot.getReady();
        assertThat(zygotes()).contains(first).hasSize(ONE_SLOTS);
        assertThat(run(program()).phases().isForked()).isTrue();
    }

    @Test
    void not_instead_of_a_zygote_that_is_due() {
        boolean isForked = false;
        for (int round = 0; round < 5 && !isForked; round++) {
            isForked = runAndReport(program()).phases().isForked();
        }
        assertThat(isForked).isTrue();
    }
}
