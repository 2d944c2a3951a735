package io.sandrun.runtime;

import static io.sandrun.runtime.Guest.bash;
import static io.sandrun.runtime.Guest.python;
import static io.sandrun.runtime.Guest.sh;
import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each limit with its own outcome, and a slot that goes on serving. Run again as nobody by UnprivilegedTest. */
class LimitsTest {
    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(1);

    @AfterEach
    void the_slot_goes_on_serving() {
        assertThat(sh("true").runIn(SLOTS.slot()).outcome()).isEqualTo(Outcome.OK);
    }

    @Test
    void a_sleeper_is_timed_out() throws Exception {
        String seconds = HostProcesses.freshSeconds();
        RunResult result = sh("exec sleep " + seconds).wallSeconds(1).runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(result.reason()).isEqualTo("The wall time limit of 1 s was reached.");
        assertThat(result.exitCode()).isEqualTo(137);
        assertThat(result.usage().wallTime()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
        assertThat(HostProcesses.withArgument(seconds)).isEmpty();
    }

    @Test
    void one_that_ignores_signals_is_timed_out_as_well() {
        RunResult result = bash("trap '' TERM INT HUP; while :; do sleep 1; done")
                .wallSeconds(1)
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void one_that_stopped_itself_is_timed_out_as_well() {
        assertThat(sh("kill -STOP $$").wallSeconds(1).runIn(SLOTS.slot()).outcome())
                .isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void cpu_time_of_all_processes_counts_together() {
        RunResult result = bash("for i in 1 2 3; do (while :; do :; done) & done; wait")
                .cpuSeconds(1)
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(result.reason()).contains("CPU time limit of 1 s");
        assertThat(result.usage().cpuTime()).isGreaterThan(Duration.ofMillis(900));
    }

    @Test
    void cpu_time_of_many_short_children_counts_together() {
        RunResult result = sh("while :; do /bin/true; done").cpuSeconds(1).runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(result.reason()).contains("CPU time limit of 1 s");
    }

    @Test
    void a_killed_job_tells_what_it_used_as_well() {
        RunResult result = python("x = bytearray(b'x') * (40 << 20)\nwhile True: pass")
                .wallSeconds(1)
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(result.usage().memoryPeakBytes()).isBetween(40L << 20, 80L << 20);
        assertThat(result.usage().cpuTime()).isBetween(Duration.ofMillis(50), Duration.ofSeconds(3));
        assertThat(result.usage().wallTime()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
    }

    @Test
    void a_process_that_opens_too_many_files_is_refused_and_may_cope() {
        String script = "x = []\ntry:\n  while True: x.append(open('/dev/null'))\n"
                + "except OSError as e: print(len(x), e.strerror)";
        RunResult result = python(script).runIn(SLOTS.slot());
        assertThat(text(result.stdout())).isEqualTo(Guest.OPEN_FILES - 3 + " Too many open files\n");
    }

    @Test
    void all_processes_together_get_no_more_than_their_share_of_the_processors() {
        assumeTrue(
                SLOTS.sandboxes().isolation().isActive("cgroup:cpu-share"),
                "no control group shares the processors here");
        RunResult result = bash("for i in 1 2 3; do (while :; do :; done) & done; sleep 1")
                .cores(0.25)
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.OK);
        // It sleeps for longer where its share has to do for falling asleep and waking up, too.
        Duration half = result.usage().wallTime().dividedBy(2);
        assertThat(result.usage().cpuTime()).isBetween(Duration.ofMillis(50), half);
    }

    @Test
    void a_fork_bomb_reaches_the_process_limit() {
        String bomb = "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass";
        RunResult result =
                python(bomb).wallSeconds(4).room(256L << 20, 32, 1L << 20, 100).runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.PROCESS_LIMIT);
    }

    @Test
    void a_program_that_fails_at_the_process_limit_is_told_so() {
        String script = "import os, time\nfor i in range(100):\n  if os.fork() == 0: time.sleep(60)";
        RunResult result = python(script).room(256L << 20, 20, 1L << 20, 100).runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.PROCESS_LIMIT);
        assertThat(result.reason()).isEqualTo("The limit of 20 processes and threads was reached.");
    }

    @Test
    void a_memory_hog_runs_out_of_memory() {
        String hog = "x = []\nwhile True: x.append(bytearray(b'x') * (4 << 20))";
        RunResult result = python(hog).room(100L << 20, 16, 1L << 20, 100).runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.OUT_OF_MEMORY);
        assertThat(result.reason()).contains(Long.toString(100L << 20));
    }

    @Test
    void memory_of_many_processes_counts_together() {
        String hog =
                "import os, time\nfor i in range(6):\n  if os.fork() == 0: break\nx = bytearray(b'x') * (40 << 20)\n"
                        + "time.sleep(5)";
        RunResult result = python(hog).room(120L << 20, 16, 1L << 20, 100).runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.OUT_OF_MEMORY);
    }

    @Test
    void an_endless_printer_reaches_the_output_limit() {
        RunResult result = sh("yes").output(1000, 4 << 20).runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.OUTPUT_LIMIT);
        assertThat(result.stdout().bytes()).hasSize(1000);
        assertThat(result.stdout().totalBytes()).isBetween(4L << 20, (4L << 20) + (128 << 10));
    }

    @Test
    void a_disk_filler_reaches_the_disk_limit() {
        RunResult result = sh("dd if=/dev/zero of=/work/full bs=64k")
                .room(64L << 20, 16, 8L << 20, 100)
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.DISK_LIMIT);
    }

    @Test
    void one_budget_covers_every_place_that_can_be_written() {
        RunResult result = sh("set -e; for d in /work /tmp /dev/shm; do head -c 3145728 /dev/zero > $d/f; done")
                .room(64L << 20, 16, 8L << 20, 100)
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.DISK_LIMIT);
    }

    @Test
    void many_small_files_reach_the_disk_limit() {
        RunResult result = sh("set -e; for i in $(seq 200); do : > /tmp/$i; done")
                .room(64L << 20, 16, 8L << 20, 50)
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.DISK_LIMIT);
    }

    @Test
    void a_full_disk_does_not_count_as_memory() {
        RunResult result = sh("head -c 50331648 /dev/zero > /work/f; sleep 0.4; echo fine")
                .room(32L << 20, 16, 64L << 20, 100)
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.OK);
    }

    @Test
    void a_program_that_copes_with_a_limit_has_succeeded() {
        RunResult result = sh("head -c 9999999 /dev/zero > /work/f; exit 0")
                .room(64L << 20, 16, 1L << 20, 100)
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.OK);
    }
}
