package io.sandrun.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessTreeTest {
    private static final Path PROC = Path.of("/proc");
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final long MIB = 1L << 20;

    @TempDir
    Path fakeProc;

    @Test
    void children_and_grandchildren_are_counted_and_nobody_else() throws Exception {
        try (TestProgram program = TestProgram.shell("(sleep 20 & sleep 20 & echo ready; wait) & wait")) {
            assertThat(ProcessTree.below(PROC, program.pid())
                            .orElseThrow()
                            .measure(Long.MAX_VALUE)
                            .tasks())
                    .isEqualTo(1);
            program.go();
            assertThat(program.line()).isEqualTo("ready");

            assertThat(ProcessTree.below(PROC, program.pid())
                            .orElseThrow()
                            .measure(Long.MAX_VALUE)
                            .tasks())
                    .isEqualTo(4);
        }
    }

    @Test
    void memory_shared_after_a_fork_is_counted_once_when_it_matters() throws Exception {
        assumeTrue(Files.isExecutable(PYTHON), "needs " + PYTHON);
        String holdTogether =
                "import os; b = bytearray(40 << 20); os.fork() and (print('held', flush=True), input()) or input()";
        try (TestProgram program = TestProgram.shell("exec " + PYTHON + " -c \"" + holdTogether + "\"")) {
            program.go();
            assertThat(program.line()).isEqualTo("held");
            ProcessTree tree = ProcessTree.below(PROC, program.pid()).orElseThrow();

            assertThat(tree.measure(Long.MAX_VALUE).memoryBytes()).isGreaterThan(80 * MIB);
            assertThat(tree.measure(0).memoryBytes()).isBetween(40 * MIB, 70 * MIB);
        }
    }

    @Test
    void cpu_time_includes_children_that_have_ended() throws Exception {
        String burn = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done";
        try (TestProgram program = TestProgram.shell("(" + burn + "); echo done; read end")) {
            program.go();
            assertThat(program.line()).isEqualTo("done");

            assertThat(ProcessTree.below(PROC, program.pid())
                            .orElseThrow()
                            .measure(Long.MAX_VALUE)
                            .cpuNanos())
                    .isGreaterThan(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    @Test
    void a_tree_that_has_ended_uses_nothing_and_cannot_be_begun() throws Exception {
        TestProgram program = TestProgram.shell("true");
        ProcessTree tree = ProcessTree.below(PROC, program.pid()).orElseThrow();
        program.close();

        assertThat(tree.measure(0)).isEqualTo(new ProcessTree.Use(0, 0, 0));
        assertThat(ProcessTree.below(PROC, program.pid())).isEmpty();
    }

    @Test
    void a_meter_without_any_control_measures_the_tree() throws Exception {
        Files.createDirectories(fakeProc.resolve("self"));
        Files.writeString(fakeProc.resolve("self/cgroup"), "");
        Files.writeString(fakeProc.resolve("self/mountinfo"), "");
        pretend(10, 1, 100, List.of(11L));
        pretend(11, 10, 200, List.of());
        try (Cgroups cgroups = AgentCgroups.open("nobody", fakeProc, new KernelFiles(), fakeProc);
                SlotCgroup slot = cgroups.slot(0)) {
            slot.limit(new GroupLimits(64 * MIB, 8, 1));
            Meter meter = slot.meter(() -> 10);
            assertThat(meter.read()).isEqualTo(new Reading(2 * 3 * MIB, 0, 4, 0, 0));

            pretend(11, 10, 250, List.of());
            assertThat(meter.read().cpuNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(500));
        }
    }

    @Test
    void a_pid_that_another_process_got_later_is_not_measured() throws Exception {
        pretend(10, 1, 100, List.of());
        ProcessTree tree = ProcessTree.below(fakeProc, 10).orElseThrow();
        assertThat(tree.measure(0).tasks()).isEqualTo(2);

        String stat = Files.readString(fakeProc.resolve("10/stat"));
        Files.writeString(fakeProc.resolve("10/stat"), stat.replace(" 777 ", " 888 "));
        assertThat(tree.measure(0).tasks()).isZero();
    }

    @Test
    void names_with_blanks_and_parentheses_do_not_shift_the_fields() {
        ProcessStat stat = ProcessStat.parse(10, "10 (a) S 1 ) b) R 4 1 1 0 -1 4 1 2 3 4 30 12 5 3 20 0 6 0 777 1 1\n");

        assertThat(stat).isEqualTo(new ProcessStat(10, 4, 50, 6, 777));
    }

    /** A process of two threads with 3 MiB, written the way kernels with CONFIG_PROC_CHILDREN do. */
    private void pretend(long pid, long parent, long ticks, List<Long> children) throws IOException {
        Path process = Files.createDirectories(fakeProc.resolve(Long.toString(pid)));
        Path thread = Files.createDirectories(process.resolve("task/" + pid));
        String stat = pid + " (x) S " + parent + " 1 1 0 -1 4 1 2 3 4 " + ticks + " 0 0 0 20 0 2 0 777 1 1\n";
        Files.writeString(process.resolve("stat"), stat);
        Files.writeString(
                process.resolve("status"), "Name:\tx\nRssAnon:\t1024 kB\nRssFile:\t9 kB\nRssShmem:\t2048 kB\n");
        StringBuilder told = new StringBuilder();
        children.forEach(child -> told.append(child).append(' '));
        Files.writeString(thread.resolve("children"), told);
    }
}
