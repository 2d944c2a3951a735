package io.sandrun.runtime;

import static io.sandrun.runtime.Guest.bash;
import static io.sandrun.runtime.Guest.command;
import static io.sandrun.runtime.Guest.python;
import static io.sandrun.runtime.Guest.sh;
import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a command gets, and what its caller gets back. Real sandboxes; run again as nobody by UnprivilegedTest. */
class SandboxTest {
    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(2);

    @Test
    void output_of_both_streams_and_exit_code_come_back() {
        RunResult result = sh("echo out; echo err >&2; exit 3").runIn(SLOTS.slot());
        assertThat(text(result.stdout())).isEqualTo("out\n");
        assertThat(text(result.stderr())).isEqualTo("err\n");
        assertThat(result.outcome()).isEqualTo(Outcome.EXIT_NONZERO);
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.signal()).isNull();
        assertThat(result.reason()).isEqualTo("The program exited with code 3.");
    }

    @Test
    void success_has_no_reason_and_tells_what_was_used() {
        RunResult result =
                python("x = bytearray(40 << 20); sum(range(3_000_000))").runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.OK);
        assertThat(result.reason()).isEmpty();
        assertThat(result.usage().cpuTime()).isPositive();
        assertThat(result.usage().wallTime()).isPositive();
        assertThat(result.usage().memoryPeakBytes()).isGreaterThan(40L << 20);
        assertThat(result.phases().prepareNanos()).isNotNegative();
        assertThat(result.phases().runNanos()).isPositive();
    }

    @Test
    void a_program_that_kills_itself_is_signalled() {
        RunResult result = sh("kill -TERM $$").runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.SIGNALLED);
        assertThat(result.signal()).isEqualTo(15);
        assertThat(result.exitCode()).isEqualTo(143);
    }

    @Test
    void an_exit_code_of_137_is_not_mistaken_for_a_signal() {
        RunResult result = sh("exit 137").runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.EXIT_NONZERO);
        assertThat(result.signal()).isNull();
    }

    @Test
    void arguments_arrive_unchanged() {
        String[] odd = {"two words", "", "quote\"'$HOME`id`\\", "grüße 漢字 🙂", "new\nline", "-rf"};
        String script = "import sys; sys.stdout.buffer.write(b'|'.join(a.encode() for a in sys.argv[1:]))";
        RunResult result = command(
                        "/usr/bin/python3", "-X", "utf8", "-c", script, odd[0], odd[1], odd[2], odd[3], odd[4], odd[5])
                .runIn(SLOTS.slot());
        assertThat(text(result.stdout())).isEqualTo(String.join("|", odd));
    }

    @Test
    void the_environment_is_exactly_what_was_asked_for() {
        RunResult result = command("/usr/bin/env")
                .environment(Map.of("ONLY", "this = one", "ÜMLAUT", "ä"))
                .runIn(SLOTS.slot());
        assertThat(text(result.stdout()).lines()).containsExactlyInAnyOrder("ONLY=this = one", "ÜMLAUT=ä");
    }

    @Test
    void stdin_is_fed_and_ends() {
        String much = "0123456789abcdef".repeat(40_000);
        RunResult result = command("/usr/bin/wc", "-c").stdin(much).runIn(SLOTS.slot());
        assertThat(text(result.stdout()).trim()).isEqualTo(Integer.toString(much.length()));
    }

    @Test
    void stdin_that_nobody_reads_does_no_harm() {
        assertThat(sh("exec 0<&-; echo done")
                        .stdin("x".repeat(1 << 20))
                        .runIn(SLOTS.slot())
                        .outcome())
                .isEqualTo(Outcome.OK);
    }

    @Test
    void input_files_lie_in_work_and_belong_to_the_job() {
        RunResult result = sh("./bin/tool && cat deep/er/data && stat -c '%u %g %a' bin bin/tool deep/er/data && pwd"
                        + " && echo more >> deep/er/data && touch bin/new")
                .file("bin/tool", "#!/bin/sh\necho tool\n", true)
                .file("deep/er/data", "data\n", false)
                .runIn(SLOTS.slot());
        assertThat(text(result.stderr())).isEmpty();
        assertThat(text(result.stdout()).lines())
                .containsExactly("tool", "data", "1000 1000 755", "1000 1000 755", "1000 1000 644", "/work");
    }

    @Test
    void a_second_run_finds_a_network_that_nobody_has_used() {
        String traffic = "while read name received rest; do [ $name = lo: ] && echo $received; done < /proc/net/dev";
        for (int run = 0; run < 3; run++) {
            RunResult result = command("/bin/bash", "-c", traffic + "; echo ping > /dev/udp/127.0.0.1/9; " + traffic)
                    .runIn(SLOTS.slot());
            List<String> bytes = text(result.stdout()).lines().toList();
            assertThat(bytes).as("run %d: %s", run, result).hasSize(2);
            assertThat(bytes.get(0)).isEqualTo("0");
            assertThat(Long.parseLong(bytes.get(1))).isPositive();
        }
    }

    @Test
    void a_second_run_finds_nothing_of_the_first() {
        sh("echo secret > /work/left; echo secret > /tmp/left; echo secret > /dev/shm/left")
                .runIn(SLOTS.slot());
        assertThat(text(sh("ls -A /work /tmp /dev/shm").runIn(SLOTS.slot()).stdout()))
                .doesNotContain("left");
    }

    @Test
    void a_directory_outside_usr_can_be_shown_read_only() throws Exception {
        Path directory = Files.createTempDirectory("sandrun-shown");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(directory.resolve("file"), "shown\n");
        try {
            RunResult result = sh("cat " + directory + "/file; touch " + directory + "/new")
                    .readOnly(directory)
                    .runIn(SLOTS.slot());
            assertThat(text(result.stdout())).isEqualTo("shown\n");
            assertThat(text(result.stderr())).contains("Read-only file system");
        } finally {
            Files.delete(directory.resolve("file"));
            Files.delete(directory);
        }
    }

    @Test
    void a_program_that_does_not_exist_is_invalid_input() {
        RunResult result = command("/usr/bin/no-such-program").runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.INVALID_INPUT);
        assertThat(result.exitCode()).isNull();
        assertThat(result.reason())
                .isEqualTo("The program /usr/bin/no-such-program cannot be started in the sandbox:"
                        + " No such file or directory.");
    }

    @Test
    void what_is_no_program_is_invalid_input() {
        assertThat(command("/work/text")
                        .file("text", "no program", false)
                        .runIn(SLOTS.slot())
                        .reason())
                .contains("Permission denied");
        assertThat(command("/work/text")
                        .file("text", "\1\2\3", true)
                        .runIn(SLOTS.slot())
                        .reason())
                .contains("Exec format error");
    }

    @Test
    void files_that_do_not_fit_are_invalid_input() {
        RunResult result = sh("true")
                .room(64L << 20, 8, 1L << 20, 8)
                .file("a", "x".repeat(600_000), false)
                .file("b", "x".repeat(440_000), false)
                .file("c/d/e/f/g/h/i/j/k/l", "", false)
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.INVALID_INPUT);
        assertThat(result.reason()).contains("do not fit");
    }

    @Test
    void files_that_collide_are_invalid_input() {
        RunResult result =
                sh("true").file("a", "", false).file("a/b", "", false).runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.INVALID_INPUT);
        assertThat(result.reason()).contains("collides");
    }

    @Test
    void what_outlives_the_main_process_is_killed_with_it() throws Exception {
        String seconds = HostProcesses.freshSeconds();
        RunResult result = bash("(setsid sleep " + seconds + " </dev/null >/dev/null 2>&1 &) ; echo gone")
                .runIn(SLOTS.slot());
        assertThat(text(result.stdout())).isEqualTo("gone\n");
        assertThat(HostProcesses.withArgument(seconds)).isEmpty();
    }

    @Test
    void a_grandchild_that_keeps_the_output_open_does_not_delay_the_result() {
        RunResult result = bash("sleep 100 & echo now").runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.OK);
        assertThat(text(result.stdout())).isEqualTo("now\n");
        assertThat(result.usage().wallTime()).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void output_beyond_what_is_kept_is_counted() {
        RunResult result = sh("head -c 100000 /dev/zero").output(10, 1 << 20).runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.OK);
        assertThat(result.stdout().bytes()).hasSize(10);
        assertThat(result.stdout().totalBytes()).isEqualTo(100_000);
        assertThat(result.stdout().truncated()).isTrue();
    }

    @Test
    void a_cancelled_run_ends_soon() throws Exception {
        String seconds = HostProcesses.freshSeconds();
        Cancellation cancellation = new Cancellation();
        Thread canceller = new Thread(() -> {
            try {
                HostProcesses.await(seconds);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            } finally {
                cancellation.cancel();
            }
        });
        canceller.start();
        RunResult result = SLOTS.slot().run(sh("exec sleep " + seconds).request(), cancellation);
        canceller.join();
        assertThat(result.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(HostProcesses.withArgument(seconds)).isEmpty();
    }

    @Test
    void a_run_that_was_cancelled_before_never_starts() {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();
        RunResult result = SLOTS.slot().run(sh("true").request(), cancellation);
        assertThat(result.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(result.exitCode()).isNull();
    }

    @Test
    void two_slots_run_at_the_same_time() throws Exception {
        String seconds = HostProcesses.freshSeconds();
        Cancellation cancellation = new Cancellation();
        Thread other =
                new Thread(() -> SLOTS.slot(1).run(sh("exec sleep " + seconds).request(), cancellation));
        other.start();
        HostProcesses.await(seconds);
        assertThat(sh("echo meanwhile").runIn(SLOTS.slot()).outcome()).isEqualTo(Outcome.OK);
        cancellation.cancel();
        other.join();
    }

    @Test
    void many_runs_leave_no_descriptor_behind() throws Exception {
        // What the JVM opens when it first does a thing stays open.
        runWithOrWithoutSuccess(20);
        SLOTS.sandboxes().letGo(Duration.ZERO);
        List<String> before = lastingDescriptors();
        runWithOrWithoutSuccess(200);
        SLOTS.sandboxes().letGo(Duration.ZERO);
        assertThat(lastingDescriptors()).isSubsetOf(before);
    }

    private static void runWithOrWithoutSuccess(int runs) {
        for (int run = 0; run < runs; run++) {
            RunResult result = run % 20 == 7
                    ? command("/no/such").runIn(SLOTS.slot())
                    : sh("true").file("f", "", false).runIn(SLOTS.slot());
            assertThat(result.outcome()).isIn(Outcome.OK, Outcome.INVALID_INPUT);
        }
    }

    /**
     * What is open in each of several looks. What was left behind stays; the JVM looks at its own control group
     * whenever it likes, and has a file open for that instant.
     */
    private static List<String> lastingDescriptors() throws IOException {
        List<String> lasting = openDescriptors();
        for (int look = 1; look < 20; look++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            lasting.retainAll(openDescriptors());
        }
        return lasting;
    }

    /** Each with what it leads to, so that one too many tells what it is; without the one that looks. */
    private static List<String> openDescriptors() throws IOException {
        List<String> open = new ArrayList<>();
        for (String number :
                Objects.requireNonNull(Path.of("/proc/self/fd").toFile().list())) {
            try {
                open.add(number + " -> " + Files.readSymbolicLink(Path.of("/proc/self/fd", number)));
            } catch (NoSuchFileException closedMeanwhile) {
                // as the one that looks
            }
        }
        Collections.sort(open);
        return open;
    }

    @Test
    void the_probe_finds_every_layer_that_needs_no_rights_on() {
        assertThat(SLOTS.sandboxes().isolation().layers())
                .filteredOn(layer -> !layer.active())
                .allMatch(layer -> layer.name().startsWith("cgroup:")
                        || Set.of("uid-per-slot", "no-other-groups").contains(layer.name()))
                .noneMatch(layer -> layer.remedy().isEmpty());
        assertThat(SLOTS.sandboxes().isolation().isActive("seccomp")).isTrue();
    }
}
