package io.sandrun.runtime;

import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sandboxes that are there before a job is, for commands of any kind. Run again as nobody by UnprivilegedTest. */
class ReadyStartTest {
    private static final int MOST_ROUNDS = 20;

    /** The one process of each slot that has run something. */
    private static final int RESIDENTS = 2;

    private Sandboxes sandboxes;
    private Slot slot;

    @BeforeEach
    void open() throws Exception {
        sandboxes = Sandboxes.open(new SandboxSettings(2, Path.of(System.getProperty("java.io.tmpdir"))));
        slot = sandboxes.slot(0);
    }

    @AfterEach
    void close() {
        sandboxes.close();
    }

    /** Until it starts so; each round gives the slot as long as another slot's run takes. */
    private RunResult until(Start wanted, Supplier<Guest> guest) {
        RunResult result = guest.get().runIn(slot);
        for (int round = 0; round < MOST_ROUNDS && result.phases().start() != wanted; round++) {
            Guest.sh("sleep 0.02").runIn(sandboxes.slot(1));
            result = guest.get().runIn(slot);
        }
        assertThat(result.phases().start()).as(result.reason()).isEqualTo(wanted);
        return result;
    }

    /** Waits, with a bound: a process is there a moment after it was asked for, and gone a moment after its end. */
    private static void awaitProcesses(LongPredicate expected) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        long count = ProcessHandle.current().descendants().count();
        while (!expected.test(count)) {
            assertThat(System.nanoTime())
                    .as("it is too late, %d are there", count)
                    .isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            count = ProcessHandle.current().descendants().count();
        }
    }

    @Test
    void a_command_finds_its_sandbox_there() {
        RunResult result =
                until(Start.WARM, () -> Guest.sh("cat given; pwd; echo $$").file("given", "given\n", false));
        assertThat(text(result.stdout())).isEqualTo("given\n/work\n2\n");
        assertThat(result.phases().birth()).isEqualTo(Birth.EXECUTED);
        assertThat(result.phases().prepareNanos()).isZero();
    }

    @Test
    void nothing_is_there_for_who_does_not_get_ready() {
        for (int round = 0; round < 3; round++) {
            RunResult result = slot.run(Guest.sh("echo cold").request(), new Cancellation());
            assertThat(result.phases().start()).isEqualTo(Start.COLD);
        }
    }

    @Test
    void jobs_that_take_turns_find_theirs() {
        Supplier<Guest> small = () -> Guest.sh("df -P /work | tail -n 1").room(64L << 20, 16, 1L << 20, 100);
        Supplier<Guest> large = () -> Guest.sh("df -P /work | tail -n 1").room(64L << 20, 16, 4L << 20, 100);
        boolean areBoth = false;
        for (int round = 0; round < MOST_ROUNDS && !areBoth; round++) {
            RunResult first = small.get().runIn(slot);
            Guest.sh("sleep 0.02").runIn(sandboxes.slot(1));
            RunResult second = large.get().runIn(slot);
            Guest.sh("sleep 0.02").runIn(sandboxes.slot(1));
            assertThat(text(first.stdout())).contains(" 1024 ");
            assertThat(text(second.stdout())).contains(" 4096 ");
            areBoth = first.phases().start() == Start.WARM && second.phases().start() == Start.WARM;
        }
        assertThat(areBoth).isTrue();
    }

    @Test
    void what_one_job_leaves_the_next_does_not_find() {
        String looks = "ls -A /work /tmp /dev/shm; set -- /proc/[0-9]*; echo $#; env | sort; ls /proc/self/fd | wc -l";
        String before = text(until(Start.WARM, () -> Guest.sh(looks)).stdout());
        until(
                Start.WARM,
                () -> Guest.sh("touch /work/a /tmp/b /dev/shm/c; sleep 60 & export SECRET=1; exec 7</work/a"));
        assertThat(text(until(Start.WARM, () -> Guest.sh(looks)).stdout())).isEqualTo(before);
    }

    @Test
    void limits_hold_as_in_a_cold_start() {
        Supplier<Guest> full =
                () -> Guest.sh("head -c 3000000 /dev/zero >/work/f").room(64L << 20, 16, 1L << 20, 100);
        assertThat(until(Start.WARM, full).outcome()).isEqualTo(Outcome.DISK_LIMIT);
        Supplier<Guest> greedy = () ->
                Guest.bash("x=$(head -c 200000000 /dev/zero | tr '\\0' x)").room(48L << 20, 16, 1L << 20, 100);
        assertThat(until(Start.WARM, greedy).outcome()).isEqualTo(Outcome.OUT_OF_MEMORY);
        assertThat(until(Start.WARM, () -> Guest.sh("sleep 60").wallSeconds(1)).outcome())
                .isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void a_command_that_is_not_there_is_told_as_ever() {
        for (int round = 0; round < 3; round++) {
            RunResult result = Guest.command("/usr/bin/no-such-program").runIn(slot);
            assertThat(result.outcome()).isEqualTo(Outcome.INVALID_INPUT);
        }
    }

    @Test
    void a_sandbox_that_was_killed_is_no_reason_to_fail() {
        until(Start.WARM, () -> Guest.sh("echo ran"));
        List<ProcessHandle> waiting = ProcessHandle.current()
                .children()
                .flatMap(ProcessHandle::children)
                .toList();
        waiting.forEach(ProcessHandle::destroyForcibly);
        waiting.forEach(process -> process.onExit().join());
        RunResult next = Guest.sh("echo ran").runIn(slot);
        assertThat(text(next.stdout())).isEqualTo("ran\n");
    }

    @Test
    void what_waits_is_let_go_when_nobody_comes() {
        until(Start.WARM, () -> Guest.sh("echo ran"));
        sandboxes.letGo(Duration.ofMinutes(5));
        awaitProcesses(count -> count > RESIDENTS);
        sandboxes.letGo(Duration.ZERO);
        awaitProcesses(count -> count == RESIDENTS);
        assertThat(Guest.sh("echo ran").runIn(slot).phases().start()).isEqualTo(Start.COLD);
    }

    @Test
    void nothing_waits_where_nothing_may() throws Exception {
        sandboxes.close();
        sandboxes = Sandboxes.open(new SandboxSettings(1, Path.of(System.getProperty("java.io.tmpdir")), 0));
        for (int round = 0; round < 4; round++) {
            Guest guest = Guest.python("pass").preload(3);
            assertThat(guest.runIn(sandboxes.slot(0)).phases().start()).isEqualTo(Start.COLD);
        }
    }

    @Test
    void a_zygote_is_let_go_when_nobody_comes() {
        assumeTrue(Files.isExecutable(Path.of(ForkedStartTest.PYTHON)), ForkedStartTest.PYTHON + " is not installed");
        ForkedStartTest.forked(Guest.command(ForkedStartTest.PYTHON, "main.py").file("main.py", "", false), slot);
        sandboxes.letGo(Duration.ZERO);
        // The residents alone; the second slot never ran anything.
        awaitProcesses(count -> count == 1);
    }
}
