package io.sandrun.runtime;

import static io.sandrun.runtime.ForkedStartTest.PYTHON;
import static io.sandrun.runtime.ForkedStartTest.forked;
import static io.sandrun.runtime.ForkedStartTest.importing;
import static io.sandrun.runtime.Guest.text;
import static io.sandrun.runtime.ZygoteSlots.await;
import static io.sandrun.runtime.ZygoteSlots.first;
import static io.sandrun.runtime.ZygoteSlots.kill;
import static io.sandrun.runtime.ZygoteSlots.zygotes;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
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

    @RegisterExtension
    final ZygoteSlots slots = new ZygoteSlots(2);

    @TempDir
    Path tree;

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
            assertThat(runs(guest, slots.one()).phases().birth()).isEqualTo(Birth.EXECUTED);
        }
        Files.delete(broken);
        await("forked", () -> runs(guest, slots.one()).phases().isForked());
    }

    @Test
    void a_zygote_goes_on_until_its_successor_is_ready_but_not_for_ever() throws Exception {
        Guest guest = importing(tree, "flaky", FLAKY, SEED);
        String seed = text(forked(guest, slots.one(), "flaky").stdout());
        Path broken = Files.createFile(tree.resolve("broken"));
        int jobs = 1;
        for (RunResult last = runs(guest, slots.one()); last.phases().isForked(); last = runs(guest, slots.one())) {
            assertThat(text(last.stdout())).isEqualTo(seed);
            jobs++;
            assertThat(jobs).isLessThanOrEqualTo(2 * MOST_JOBS + 1);
        }
        assertThat(jobs).isGreaterThan(MOST_JOBS + 100);
        Files.delete(broken);
        await("another", () -> {
            RunResult result = runs(guest, slots.one());
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
            RunResult result = runs(guest, slots.one());
            assertThat(text(result.stdout())).isEqualTo("ran\n");
            assertThat(result.phases().birth()).isEqualTo(Birth.EXECUTED);
        }
        Files.delete(broken);
        await("forked", () -> runs(guest, slots.one()).phases().isForked());
        assertThat(text(runs(guest, slots.one()).stdout())).isEqualTo("ran\n");
    }

    @Test
    void a_run_that_waits_for_imports_hears_its_cancellation() throws Exception {
        Guest guest = importing(tree, "slow", SLOW, "print('ran')");
        runs(guest, slots.one());
        runs(guest, slots.one());
        Cancellation first = new Cancellation();
        Cancellation second = new Cancellation();
        CompletableFuture<RunResult> waiting = begin(guest, slots.one(), first);
        CompletableFuture<RunResult> cancelled = begin(guest, slots.other(), second);
        await("both wait", () -> ZygoteSlots.waitingThreads() == 2);
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
        assumeTrue(slots.sandboxes().isolation().isActive("cgroup:memory"), "only groups tell how many there were");
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
                        .anyMatch(number ->
                                runs(ofKind(number), slots.one()).phases().isForked()));
    }

    /** Answers how many zygotes there were until then. */
    private int oneOfEach() {
        int most = 0;
        for (int number = 0; number < KINDS; number++) {
            runs(ofKind(number), slots.one());
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
        forked(ofKind(0), slots.one());
        forked(ofKind(0), slots.other());
        List<ProcessHandle> before = zygotes();
        kill(first());
        runs(ofKind(0), slots.other()); // whose slot looks for another afterwards
        Cancellation cancellation = new Cancellation();
        CompletableFuture<RunResult> run = begin(Guest.sh("sleep 60").wallSeconds(60), slots.one(), cancellation);
        try {
            await("all are gone", () -> before.stream().noneMatch(ProcessHandle::isAlive));
            assertThat(run).isNotDone();
        } finally {
            cancellation.cancel();
        }
    }
}
