package io.sandrun.runtime;

import static io.sandrun.runtime.ForkedHygieneTest.zygotes;
import static io.sandrun.runtime.ForkedStartTest.PYTHON;
import static io.sandrun.runtime.ForkedStartTest.forked;
import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One interpreter from which slots' are copied, and what becomes of them. Again as nobody: UnprivilegedStartTest. */
class SharedZygoteTest {
    private static final String SEED = "print(hash('seed'))";

    /** The first zygote, and a copy for each slot. */
    private static final int BOTH_SLOTS = 3;

    private static final int MOST_STARTING = 2;

    private static final long LARGE_BYTES = 96L << 20;

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

    private static Guest program(String source) {
        return Guest.command(PYTHON, "main.py").file("main.py", source, false).preload(1);
    }

    private static String seed(Slot slot) {
        return text(forked(program(SEED), slot).stdout());
    }

    private static void awaitZygotes(IntPredicate expected) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!expected.test(zygotes().size())) {
            assertThat(System.nanoTime()).as("zygotes: %s", zygotes()).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private static long kibibytes(ProcessHandle process, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/smaps_rollup")).stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    /** The one that was there first. */
    static ProcessHandle first() {
        return zygotes().stream()
                .min(Comparator.comparing(
                        process -> process.info().startInstant().orElseThrow()))
                .orElseThrow();
    }

    @Test
    void slots_have_copies_of_one_zygote_and_each_its_own_group() throws Exception {
        String seed = seed(one);
        RunResult first = program(SEED).runIn(other);
        assertThat(first.phases().isForked()).as("the kind is known already").isTrue();
        assertThat(text(first.stdout())).isEqualTo(seed);
        assertThat(zygotes()).hasSize(BOTH_SLOTS);
        if (sandboxes.isolation().isActive("cgroup:memory")) {
            assertThat(zygotes())
                    .extracting(zygote -> Files.readString(Path.of("/proc/" + zygote.pid() + "/cgroup"))
                            .replaceAll("(?s).*/(zygote|slot)-(\\d+).*", "$1 $2"))
                    .containsExactlyInAnyOrder("zygote 0", "slot 0", "slot 1");
        }
    }

    @Test
    void what_imports_leave_is_in_memory_once() throws Exception {
        Guest guest = ForkedStartTest.importing(
                tree, "large", "data = b'x' * " + LARGE_BYTES, "import large\nprint(len(large.data))");
        for (Slot slot : List.of(one, other)) {
            RunResult result = forked(guest, slot, "large");
            assertThat(text(result.stdout()).strip()).isEqualTo(Long.toString(LARGE_BYTES));
        }
        assertThat(zygotes()).hasSize(BOTH_SLOTS);
        for (ProcessHandle zygote : zygotes()) {
            assertThat(kibibytes(zygote, "Rss") << 10).isGreaterThan(LARGE_BYTES);
            assertThat(kibibytes(zygote, "Private_Dirty") << 10).isLessThan(LARGE_BYTES / 8);
        }
    }

    @Test
    void imports_that_take_too_much_are_no_reason_to_fail() throws Exception {
        assumeTrue(sandboxes.isolation().isActive("cgroup:memory"), "no control group bounds memory here");
        Guest guest = ForkedStartTest.importing(
                tree,
                "greedy",
                "import sys\ndata = b'x' * (0 if 'main.py' in sys.argv[0] else 1200 << 20)",
                "print(1)");
        for (int run = 0; run < 4; run++) {
            RunResult result = guest.runIn(one);
            assertThat(text(result.stdout())).isEqualTo("1\n");
            assertThat(result.phases().birth()).isEqualTo(Birth.EXECUTED);
        }
    }

    @Test
    void imports_of_many_kinds_leave_processors_to_runs_beside() throws Exception {
        int most = 0;
        for (String kind : List.of("first", "second", "third", "fourth")) {
            Guest guest = ForkedStartTest.importing(
                    tree, kind, "import sys, time\ntime.sleep('main.py' not in sys.argv[0] and 60)", "print(1)");
            for (int run = 0; run < 2; run++) {
                assertThat(text(guest.runIn(one).stdout())).isEqualTo("1\n");
            }
            most = Math.max(most, zygotes().size());
        }
        assertThat(most).isLessThanOrEqualTo(MOST_STARTING);
        awaitZygotes(count -> count == MOST_STARTING);
    }

    @Test
    void when_the_first_ends_all_slots_get_another() {
        String seed = seed(one);
        assertThat(seed(other)).isEqualTo(seed);
        ProcessHandle gone = first();
        gone.destroyForcibly();
        gone.onExit().join();
        assertThat(text(program(SEED).runIn(one).stdout()))
                .as("a copy is a process of its own")
                .isEqualTo(seed);
        assertThat(text(program(SEED).runIn(other).stdout())).isEqualTo(seed);
        assertThat(seed(one)).isNotEqualTo(seed).isEqualTo(seed(other));
        awaitZygotes(count -> count == BOTH_SLOTS);
    }

    @Test
    void a_template_that_ends_is_the_nodes_fault_and_not_the_programs() throws Exception {
        seed(one);
        seed(other);
        CountDownLatch runs = new CountDownLatch(1);
        RunRequest waiting =
                program("import time\nprint('up', flush=True)\ntime.sleep(60)").request();
        CompletableFuture<RunResult> run = CompletableFuture.supplyAsync(
                () -> one.run(waiting, new Cancellation(), (stream, bytes) -> runs.countDown()));
        assertThat(runs.await(10, TimeUnit.SECONDS)).isTrue();
        ProcessHandle template = first().parent().orElseThrow();
        template.destroyForcibly();
        template.onExit().join();
        RunResult ended = run.get(10, TimeUnit.SECONDS);
        assertThat(ended.outcome()).as(ended.reason()).isEqualTo(Outcome.SANDBOX_ERROR);
        for (Slot slot : List.of(one, other)) {
            assertThat(text(program("print('next')").runIn(slot).stdout())).isEqualTo("next\n");
            assertThat(text(forked(program("print('forked')"), slot).stdout())).isEqualTo("forked\n");
        }
    }

    @Test
    void all_slots_get_the_next_when_one_is_worn_and_then_it_goes() {
        String seed = seed(one);
        assertThat(seed(other)).isEqualTo(seed);
        boolean areNew = false;
        for (int jobs = 0; jobs < 1200 && !areNew; jobs++) {
            String ofOne = text(program(SEED).runIn(one).stdout());
            areNew = !ofOne.equals(seed)
                    && !text(program(SEED).runIn(other).stdout()).equals(seed);
        }
        assertThat(areNew).isTrue();
        assertThat(seed(one)).isEqualTo(seed(other));
        awaitZygotes(count -> count == BOTH_SLOTS);
    }

    @Test
    void what_nobody_uses_is_let_go() {
        seed(one);
        sandboxes.letGo(Duration.ofMinutes(5));
        assertThat(zygotes()).isNotEmpty();
        sandboxes.letGo(Duration.ZERO);
        assertThat(zygotes()).isEmpty();
        seed(one);
    }
}
