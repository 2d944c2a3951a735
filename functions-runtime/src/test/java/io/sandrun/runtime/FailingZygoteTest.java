package io.sandrun.runtime;

import static io.sandrun.runtime.ForkedHygieneTest.zygotes;
import static io.sandrun.runtime.ForkedStartTest.PYTHON;
import static io.sandrun.runtime.ForkedStartTest.forked;
import static io.sandrun.runtime.ForkedStartTest.importing;
import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Zygotes that do not get ready, and too many of them. */
class FailingZygoteTest {
    private static final long PATIENCE_SECONDS = 20;

    /** One as the test wants it, which a job's own process imports in no time. */
    private static final String FLAKY = """
            import os, sys
            if 'main.py' not in sys.argv[0] and os.path.exists('/modules/broken'):
                raise ImportError('for now')
            """;

    private static final String SLOW = "import sys, time\ntime.sleep('main.py' not in sys.argv[0] and 60)";

    private static final String SEED = "print(hash('seed'))";

    /** What a zygote is used for, and when there is no other, for twice that. */
    private static final int MOST_JOBS = 500;

    /** Of a node that has just begun, before more come only now and then. */
    private static final int MOST_AT_ONCE = 16;

    /** More than the eight that a node keeps zygotes of. */
    private static final int KINDS = 12;

    private Sandboxes sandboxes;
    private Slot one;
    private Slot other;

    @TempDir
    Path tree;

    @BeforeEach
    void open() throws Exception {
        assumeTrue(Files.isExecutable(Path.of(PYTHON)), PYTHON + " is not installed");
        sandboxes = Sandboxes.open(new SandboxSettings(2, Path.of(System.getProperty("java.io.tmpdir"))));
        one = sandboxes.slot(0);
        other = sandboxes.slot(1);
    }

    @AfterEach
    void close() {
        if (sandboxes != null) {
            sandboxes.close();
            assertThat(zygotes()).isEmpty();
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private static RunResult runs(Guest guest, Slot slot) {
        RunResult result = guest.runIn(slot);
        assertThat(result.outcome()).as(result.reason()).isEqualTo(Outcome.OK);
        return result;
    }

    @Test
    void imports_that_failed_for_a_while_are_tried_again() throws Exception {
        Path broken = Files.createFile(tree.resolve("broken"));
        Guest guest = importing(tree, "flaky", FLAKY, "import flaky\nprint('ran')");
        for (int run = 0; run < 12; run++) {
            assertThat(runs(guest, one).phases().birth()).isEqualTo(Birth.EXECUTED);
        }
        Files.delete(broken);
        await("forked", () -> runs(guest, one).phases().isForked());
    }

    @Test
    void a_zygote_goes_on_until_its_successor_is_ready_but_not_for_ever() throws Exception {
        Guest guest = importing(tree, "flaky", FLAKY, SEED);
        String seed = text(forked(guest, one, "flaky").stdout());
        Path broken = Files.createFile(tree.resolve("broken"));
        int jobs = 1;
        for (RunResult last = runs(guest, one); last.phases().isForked(); last = runs(guest, one)) {
            assertThat(text(last.stdout())).isEqualTo(seed);
            jobs++;
            assertThat(jobs).isLessThanOrEqualTo(2 * MOST_JOBS + 1);
        }
        assertThat(jobs).isGreaterThan(MOST_JOBS + 100);
        Files.delete(broken);
        await("another", () -> {
            RunResult result = runs(guest, one);
            return result.phases().isForked() && !text(result.stdout()).equals(seed);
        });
    }

    @Test
    void a_disk_that_is_full_during_imports_is_no_reason_to_fail() throws Exception {
        String fills = """
                import os, sys
                if 'main.py' not in sys.argv[0] and os.path.exists('/modules/broken'):
                    with open('/tmp/cache', 'wb') as cache:
                        while True: cache.write(bytes(1 << 20))
                """;
        Path broken = Files.createFile(tree.resolve("broken"));
        Guest guest = importing(tree, "cached", fills, "open('/tmp/own', 'wb').write(bytes(1 << 20))\nprint('ran')");
        for (int run = 0; run < 6; run++) {
            RunResult result = runs(guest, one);
            assertThat(text(result.stdout())).isEqualTo("ran\n");
            assertThat(result.phases().birth()).isEqualTo(Birth.EXECUTED);
        }
        Files.delete(broken);
        await("forked", () -> runs(guest, one).phases().isForked());
        assertThat(text(runs(guest, one).stdout())).isEqualTo("ran\n");
    }

    @Test
    void a_run_that_waits_for_imports_hears_its_cancellation() throws Exception {
        Guest guest = importing(tree, "slow", SLOW, "print('ran')");
        runs(guest, one);
        runs(guest, one);
        Cancellation first = new Cancellation();
        Cancellation second = new Cancellation();
        CompletableFuture<RunResult> waiting = begin(guest, one, first);
        CompletableFuture<RunResult> cancelled = begin(guest, other, second);
        await("both wait", () -> waitingThreads() == 2);
        second.cancel();
        assertNeverBegan(cancelled);
        assertThat(waiting).as("one's cancellation is not the other's").isNotDone();
        first.cancel();
        assertNeverBegan(waiting);
    }

    private static CompletableFuture<RunResult> begin(Guest guest, Slot slot, Cancellation cancellation) {
        RunRequest request = guest.request();
        return CompletableFuture.supplyAsync(() -> slot.run(request, cancellation), task -> new Thread(task).start());
    }

    private static long waitingThreads() {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack -> List.of(stack).stream()
                        .anyMatch(frame -> frame.getClassName().endsWith(".Mother")
                                && frame.getMethodName().equals("await")))
                .count();
    }

    private static void assertNeverBegan(CompletableFuture<RunResult> run)
            throws InterruptedException, ExecutionException, TimeoutException {
        RunResult result = run.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(result.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(result.reason()).isEqualTo("The run was cancelled before it started.");
    }

    private static Guest ofKind(int number) {
        return Guest.command(PYTHON, "main.py")
                .environment(Map.of("PATH", "/usr/bin:/bin", "HOME", "/work", "LANG", "C.UTF-" + number))
                .file("main.py", "print(1)", false)
                .preload(1);
    }

    @Test
    void more_kinds_than_zygotes_are_not_imported_again_and_again() {
        assumeTrue(sandboxes.isolation().isActive("cgroup:memory"), "only groups tell how many there were");
        long begin = System.nanoTime();
        int most = 0;
        for (int round = 0; round < 3; round++) {
            most = Math.max(most, oneOfEach());
        }
        long laterOnes = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin) / 10 + 1;
        assertThat(most).isLessThanOrEqualTo((int) (MOST_AT_ONCE + laterOnes));
        await(
                "those that stay are of use",
                () -> IntStream.range(0, KINDS)
                        .anyMatch(number -> runs(ofKind(number), one).phases().isForked()));
    }

    /** Answers how many zygotes there were until then. */
    private int oneOfEach() {
        int most = 0;
        for (int number = 0; number < KINDS; number++) {
            runs(ofKind(number), one);
            most = Math.max(most, zygotesMade());
        }
        return most;
    }

    /** Their groups are numbered. */
    private static int zygotesMade() {
        int most = 0;
        for (ProcessHandle zygote : zygotes()) {
            String number = groupOf(zygote).replaceAll("(?s).*/zygote-(\\d+).*", "$1");
            most = Math.max(most, number.matches("\\d+") ? Integer.parseInt(number) + 1 : 0);
        }
        return most;
    }

    private static String groupOf(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cgroup"));
        } catch (IOException goneMeanwhile) {
            return "";
        }
    }

    @Test
    void a_slot_that_runs_something_else_keeps_no_copy_of_a_zygote_that_is_gone() {
        forked(ofKind(0), one);
        forked(ofKind(0), other);
        List<ProcessHandle> before = zygotes();
        ProcessHandle first = before.stream()
                .min((a, b) -> a.info()
                        .startInstant()
                        .orElseThrow()
                        .compareTo(b.info().startInstant().orElseThrow()))
                .orElseThrow();
        first.destroyForcibly();
        first.onExit().join();
        runs(ofKind(0), other); // whose slot looks for another afterwards
        Cancellation cancellation = new Cancellation();
        CompletableFuture<RunResult> run = begin(Guest.sh("sleep 60").wallSeconds(60), one, cancellation);
        try {
            await("all are gone", () -> before.stream().noneMatch(ProcessHandle::isAlive));
            assertThat(run).isNotDone();
        } finally {
            cancellation.cancel();
        }
    }
}
