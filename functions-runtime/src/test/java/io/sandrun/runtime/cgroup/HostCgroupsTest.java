package io.sandrun.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What this host really gives; each test is skipped where its layer is not active. */
class HostCgroupsTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final long MIB = 1L << 20;

    @TempDir
    Path state;

    private Cgroups cgroups;

    @BeforeEach
    void open() {
        cgroups = Cgroups.open(Cgroups.nextName(), state);
    }

    @AfterEach
    void close() {
        cgroups.close();
    }

    @Test
    void every_layer_is_either_active_or_missing_with_a_reason() {
        assertThat(cgroups.layers().size() + cgroups.missing().size()).isEqualTo(4);
        assertThat(Collections.disjoint(
                        cgroups.layers().keySet(), cgroups.missing().keySet()))
                .isTrue();
        assertThat(cgroups.layers().values()).allMatch(place -> place.matches("v[12] at /.*"));
    }

    @Test
    void a_fork_beyond_the_limit_is_refused_and_counted() throws Exception {
        requireLayer("cgroup:pids");
        try (SlotCgroup slot = cgroups.slot(0);
                TestProgram program = TestProgram.shell("exec 3<&0; cat <&3 & cat <&3 & cat <&3 & echo unexpected")) {
            slot.limit(new GroupLimits(256 * MIB, 3, 2));
            slot.admit(program.pid());
            Meter meter = slot.meter(program::pid);

            program.go();
            assertThat(program.lineWith("fork")).containsIgnoringCase("fork");

            Reading reading = meter.read();
            assertThat(reading.forkRefusals()).isPositive();
            assertThat(reading.processes()).isBetween(1, 3);
        }
    }

    @Test
    void used_memory_is_seen_while_it_is_used() throws Exception {
        requireLayer("cgroup:memory");
        assumeTrue(Files.isExecutable(PYTHON), "needs " + PYTHON);
        try (SlotCgroup slot = cgroups.slot(0);
                TestProgram program =
                        TestProgram.shell(python("b = bytearray(48 << 20); print('held', flush=True); input()"))) {
            slot.limit(new GroupLimits(256 * MIB, 64, 2));
            slot.admit(program.pid());
            Meter meter = slot.meter(program::pid);
            assertThat(meter.read().memoryBytes()).isLessThan(40 * MIB);

            program.go();
            assertThat(program.line()).isEqualTo("held");

            assertThat(meter.read().memoryBytes()).isBetween(48 * MIB, 128 * MIB);
            assertThat(meter.read().oomKills()).isZero();
        }
    }

    @Test
    void a_program_that_wants_more_than_its_limit_is_killed_and_counted() throws Exception {
        requireLayer("cgroup:memory");
        assumeTrue(Files.isExecutable(PYTHON), "needs " + PYTHON);
        try (SlotCgroup slot = cgroups.slot(0);
                TestProgram program = TestProgram.shell("exec " + python("bytearray(192 << 20)"))) {
            slot.limit(new GroupLimits(32 * MIB, 64, 2));
            slot.admit(program.pid());
            Meter meter = slot.meter(program::pid);

            program.go();

            assertThat(program.exitCode()).isEqualTo(128 + 9);
            assertThat(meter.read().oomKills()).isEqualTo(1);
        }
    }

    @Test
    void cpu_time_is_counted_from_the_start_of_the_meter() throws Exception {
        requireLayer("cgroup:cpu");
        try (SlotCgroup slot = cgroups.slot(0);
                TestProgram program =
                        TestProgram.shell("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done; read end")) {
            slot.limit(new GroupLimits(256 * MIB, 64, 2));
            slot.admit(program.pid());
            Meter meter = slot.meter(program::pid);
            program.go();
            assertThat(program.line()).isEqualTo("done");

            assertThat(meter.read().cpuNanos())
                    .isBetween(TimeUnit.MILLISECONDS.toNanos(20), TimeUnit.SECONDS.toNanos(30));
            assertThat(slot.meter(program::pid).read().cpuNanos()).isLessThan(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    @Test
    void a_share_of_the_processors_is_a_bound_on_the_time_of_all_processes() throws Exception {
        requireLayer("cgroup:cpu");
        requireLayer("cgroup:cpu-share");
        try (SlotCgroup slot = cgroups.slot(0);
                TestProgram program = TestProgram.shell(
                        "(while :; do :; done) & first=$!; (while :; do :; done) & sleep 1; kill $first $!;"
                                + " echo done; read end")) {
            slot.limit(new GroupLimits(256 * MIB, 64, 0.2));
            slot.admit(program.pid());
            Meter meter = slot.meter(program::pid);
            long start = System.nanoTime();
            program.go();
            assertThat(program.line()).isEqualTo("done");

            long used = meter.read().cpuNanos();
            assertThat(used).isLessThan((System.nanoTime() - start) / 2);
        }
    }

    @Test
    void limits_can_be_raised_and_lowered_between_jobs() throws IOException {
        requireLayer("cgroup:memory");
        try (SlotCgroup slot = cgroups.slot(0)) {
            for (long mebibytes : new long[] {64, 512, 512, 32, 4096, 100}) {
                slot.limit(new GroupLimits(mebibytes * MIB, 64, 2));
            }
        }
    }

    @Test
    void nothing_is_left_behind_even_if_a_process_has_only_just_been_killed() throws Exception {
        requireLayer("cgroup:pids");
        String place = String.valueOf(cgroups.layers().get("cgroup:pids"));
        Path group = Path.of(place.substring(place.indexOf('/')));
        TestProgram program = TestProgram.shell("sleep 20");
        SlotCgroup slot = cgroups.slot(7);
        slot.admit(program.pid());
        assertThat(group.resolve("slot-7")).isDirectory();

        program.close();
        slot.close();
        assertThat(group.resolve("slot-7")).doesNotExist();
        cgroups.close();
        assertThat(group).doesNotExist();
        assertThat(state).isEmptyDirectory();
    }

    private void requireLayer(String layer) {
        assumeTrue(
                cgroups.layers().containsKey(layer),
                () -> layer + " is not active here: " + cgroups.missing().get(layer));
    }

    private static String python(String code) {
        return PYTHON + " -c \"" + code + "\"";
    }
}
