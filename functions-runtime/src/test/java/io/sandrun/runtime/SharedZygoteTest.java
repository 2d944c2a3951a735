package io.sandrun.runtime;

import static io.sandrun.runtime.ForkedStartTest.PYTHON;
import static io.sandrun.runtime.ForkedStartTest.forked;
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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** One interpreter from which slots' are copied, and what becomes of them. Again as nobody: UnprivilegedStartTest. */
class SharedZygoteTest {
    private static final String SEED = "print(hash('seed'))";

    /** The first zygote, and a copy for each slot. */
    private static final int BOTH_SLOTS = 3;

    private static final int MOST_STARTING = 2;

    private static final long LARGE_BYTES = 96L << 20;

    @RegisterExtension
    final ZygoteSlots slots = new ZygoteSlots(2);

    @TempDir
    Path tree;

    private static Guest program(String source) {
        return Guest.command(PYTHON, "main.py").file("main.py", source, false).preload(1);
    }

    private static String seed(Slot slot) {
        return text(forked(program(SEED), slot).stdout());
    }

    private static long kibibytes(ProcessHandle process, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/smaps_rollup")).stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void slots_have_copies_of_one_zygote_and_each_its_own_group() throws Exception {
        String seed = seed(slots.one());
        RunResult first = program(SEED).runIn(slots.other());
        assertThat(first.phases().isForked()).as("the kind is known already").isTrue();
        assertThat(text(first.stdout())).isEqualTo(seed);
        assertThat(zygotes()).hasSize(BOTH_SLOTS);
        if (slots.sandboxes().isolation().isActive("cgroup:memory")) {
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
        for (Slot slot : List.of(slots.one(), slots.other())) {
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
        assumeTrue(slots.sandboxes().isolation().isActive("cgroup:memory"), "no control group bounds memory here");
        Guest guest = ForkedStartTest.importing(
                tree,
                "greedy",
                "import sys\ndata = b'x' * (0 if 'main.py' in sys.argv[0] else 1200 << 20)",
                "print(1)");
        for (int run = 0; run < 4; run++) {
            RunResult result = guest.runIn(slots.one());
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
                assertThat(text(guest.runIn(slots.one()).stdout())).isEqualTo("1\n");
            }
            most = Math.max(most, zygotes().size());
        }
        assertThat(most).isLessThanOrEqualTo(MOST_STARTING);
        await("zygotes", () -> zygotes().size() == MOST_STARTING);
    }

    @Test
    void when_the_first_ends_all_slots_get_another() {
        String seed = seed(slots.one());
        assertThat(seed(slots.other())).isEqualTo(seed);
        kill(first());
        assertThat(text(program(SEED).runIn(slots.one()).stdout()))
                .as("a copy is a process of its own")
                .isEqualTo(seed);
        assertThat(text(program(SEED).runIn(slots.other()).stdout())).isEqualTo(seed);
        assertThat(seed(slots.one())).isNotEqualTo(seed).isEqualTo(seed(slots.other()));
        await("zygotes", () -> zygotes().size() == BOTH_SLOTS);
    }

    @Test
    void a_template_that_ends_is_the_nodes_fault_and_not_the_programs() throws Exception {
        seed(slots.one());
        seed(slots.other());
        CountDownLatch runs = new CountDownLatch(1);
        RunRequest waiting =
                program("import time\nprint('up', flush=True)\ntime.sleep(60)").request();
        CompletableFuture<RunResult> run = CompletableFuture.supplyAsync(
                () -> slots.one().run(waiting, new Cancellation(), (stream, bytes) -> runs.countDown()));
        assertThat(runs.await(10, TimeUnit.SECONDS)).isTrue();
        kill(first().parent().orElseThrow());
        RunResult ended = run.get(10, TimeUnit.SECONDS);
        assertThat(ended.outcome()).as(ended.reason()).isEqualTo(Outcome.SANDBOX_ERROR);
        for (Slot slot : List.of(slots.one(), slots.other())) {
            assertThat(text(program("print('next')").runIn(slot).stdout())).isEqualTo("next\n");
            assertThat(text(forked(program("print('forked')"), slot).stdout())).isEqualTo("forked\n");
        }
    }

    @Test
    void all_slots_get_the_next_when_one_is_worn_and_then_it_goes() {
        String seed = seed(slots.one());
        assertThat(seed(slots.other())).isEqualTo(seed);
        boolean areNew = false;
        for (int jobs = 0; jobs < 1200 && !areNew; jobs++) {
            String ofOne = text(program(SEED).runIn(slots.one()).stdout());
            areNew = !ofOne.equals(seed)
                    && !text(program(SEED).runIn(slots.other()).stdout()).equals(seed);
        }
        assertThat(areNew).isTrue();
        assertThat(seed(slots.one())).isEqualTo(seed(slots.other()));
        await("zygotes", () -> zygotes().size() == BOTH_SLOTS);
    }

    @Test
    void what_nobody_uses_is_let_go() {
        seed(slots.one());
        slots.sandboxes().letGo(Duration.ofMinutes(5));
        assertThat(zygotes()).isNotEmpty();
        slots.sandboxes().letGo(Duration.ZERO);
        assertThat(zygotes()).isEmpty();
        seed(slots.one());
    }
}
