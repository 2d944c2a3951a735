package io.sandrun.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Version 2 and odd hosts, on a kernel in memory. */
class AgentCgroupsTest {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final String PID = Long.toString(ProcessHandle.current().pid());

    @TempDir
    Path proc;

    @TempDir
    Path state;

    private final FakeKernel kernel = new FakeKernel(ROOT, "memory", "pids", "cpu");

    @BeforeEach
    void tell_where_we_are() throws IOException {
        Files.createDirectory(proc.resolve("self"));
        Files.writeString(proc.resolve("self/cgroup"), "0::/service\n");
        Files.writeString(proc.resolve("self/mountinfo"), "41 31 0:38 / " + ROOT + " rw - cgroup2 cgroup2 rw\n");
    }

    @Test
    void a_delegated_group_gives_all_layers_and_the_agent_steps_aside() throws IOException {
        Path own = kernel.delegate("service", PID);

        AgentCgroups cgroups = open();

        String place = "v2 at " + own.resolve("sandrun-me");
        assertThat(cgroups.layers())
                .isEqualTo(Map.of(
                        "cgroup:memory", place, "cgroup:pids", place, "cgroup:cpu", place, "cgroup:cpu-share", place));
        assertThat(cgroups.missing()).isEmpty();
        assertThat(kernel.read(own.resolve("cgroup.procs"))).isEmpty();
        assertThat(kernel.read(own.resolve("sandrun-me/agent/cgroup.procs"))).isEqualTo(PID);
    }

    @Test
    void closing_puts_everything_back_as_it_was() throws IOException {
        Path own = kernel.delegate("service", PID);
        AgentCgroups cgroups = open();
        cgroups.slot(0).close();

        cgroups.close();

        assertThat(kernel.groups()).containsExactlyInAnyOrder(ROOT, own);
        assertThat(kernel.read(own.resolve("cgroup.procs"))).isEqualTo(PID);
        assertThat(kernel.read(own.resolve("cgroup.subtree_control"))).isEmpty();
    }

    @Test
    void the_root_of_the_hierarchy_needs_no_stepping_aside() throws IOException {
        Files.writeString(proc.resolve("self/cgroup"), "0::/\n");
        kernel.write(ROOT.resolve("cgroup.procs"), PID);

        AgentCgroups cgroups = open();

        assertThat(cgroups.layers()).hasSize(4);
        assertThat(kernel.read(ROOT.resolve("cgroup.procs"))).isEqualTo(PID);
        cgroups.close();
        assertThat(kernel.groups()).containsExactly(ROOT);
        assertThat(kernel.read(ROOT.resolve("cgroup.subtree_control"))).isEmpty();
    }

    @Test
    void a_group_shared_with_other_processes_is_left_as_it_was_with_the_reason() throws IOException {
        Path own = kernel.delegate("service", PID, "999999");

        AgentCgroups cgroups = open();

        assertThat(cgroups.layers()).isEmpty();
        assertThat(cgroups.missing())
                .hasSize(4)
                .allSatisfy((layer, reason) -> assertThat(reason).contains("busy"));
        assertThat(kernel.groups()).containsExactlyInAnyOrder(ROOT, own);
        assertThat(kernel.read(own.resolve("cgroup.procs"))).contains(PID, "999999");
    }

    @Test
    void an_ordinary_user_without_delegation_gets_no_layer() throws IOException {
        kernel.forbidWriting(kernel.delegate("service", PID));

        AgentCgroups cgroups = open();

        assertThat(cgroups.layers()).isEmpty();
        assertThat(cgroups.missing()).hasSize(4);
    }

    @Test
    void a_controller_that_is_not_delegated_is_missing_and_the_others_work() throws IOException {
        FakeKernel poorer = new FakeKernel(ROOT, "pids");
        poorer.delegate("service", PID);

        AgentCgroups cgroups = AgentCgroups.open("me", state, poorer, proc);

        assertThat(cgroups.layers()).containsOnlyKeys("cgroup:pids", "cgroup:cpu");
        assertThat(cgroups.missing()).containsOnlyKeys("cgroup:memory", "cgroup:cpu-share");
    }

    @Test
    void a_limit_that_the_kernel_drops_silently_is_not_a_layer() throws IOException {
        kernel.delegate("service", PID);
        kernel.makeDeaf("memory.max");

        AgentCgroups cgroups = open();

        assertThat(cgroups.layers()).containsOnlyKeys("cgroup:pids", "cgroup:cpu", "cgroup:cpu-share");
        assertThat(cgroups.missing().get("cgroup:memory")).contains("memory.max");
    }

    @Test
    void a_host_without_control_groups_still_gives_slots() throws IOException {
        Files.writeString(proc.resolve("self/cgroup"), "");

        AgentCgroups cgroups = open();
        try (SlotCgroup slot = cgroups.slot(0)) {
            slot.admit(1);
            slot.limit(new GroupLimits(1 << 20, 8, 1.5));
        }

        assertThat(cgroups.layers()).isEmpty();
        assertThat(cgroups.missing()).hasSize(4);
    }

    @Test
    void limits_are_written_and_a_meter_counts_from_its_own_start() throws IOException {
        Path slotGroup = kernel.delegate("service", PID).resolve("sandrun-me/slot-3");
        AgentCgroups cgroups = open();
        SlotCgroup slot = cgroups.slot(3);
        slot.admit(4711);
        slot.limit(new GroupLimits(64 << 20, 32, 1.5));
        assertThat(kernel.read(slotGroup.resolve("memory.max"))).isEqualTo("67108864");
        assertThat(kernel.read(slotGroup.resolve("memory.swap.max"))).isEqualTo("0");
        assertThat(kernel.read(slotGroup.resolve("pids.max"))).isEqualTo("32");
        assertThat(kernel.read(slotGroup.resolve("cpu.max"))).isEqualTo("150000 100000");
        assertThat(kernel.read(slotGroup.resolve("cgroup.procs"))).isEqualTo("4711");

        use(slotGroup, 1_000, 2, 7);
        Meter meter = slot.meter(() -> 1);
        use(slotGroup, 5_500, 3, 9);

        assertThat(meter.read()).isEqualTo(new Reading(3_000, 4_500_000, 5, 1, 2));
    }

    @Test
    void a_limit_that_the_kernel_refuses_later_is_an_error() throws IOException {
        kernel.delegate("service", PID);
        AgentCgroups cgroups = open();
        SlotCgroup slot = cgroups.slot(0);
        kernel.makeDeaf("pids.max");

        assertThatThrownBy(() -> slot.limit(new GroupLimits(1 << 20, 8, 1.5)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("pids.max");
    }

    @Test
    void groups_of_agents_that_are_gone_are_removed_and_those_of_the_living_stay() throws IOException {
        Path own = kernel.delegate("service");
        Files.createDirectory(proc.resolve("500"));
        Files.writeString(proc.resolve("500/stat"), "500 (java) S 1 0 0 0 0 0 0 0 0 0 1 1 0 0 20 0 9 0 777 0\n");
        for (String agent : new String[] {"500-777", "500-600", "400-300-b", "by-hand"}) {
            kernel.makeDirectory(own.resolve("sandrun-" + agent));
            kernel.makeDirectory(own.resolve("sandrun-" + agent + "/slot-0"));
        }
        kernel.makeDirectory(own.resolve("somebody"));
        kernel.write(own.resolve("cgroup.procs"), PID);

        open();

        assertThat(kernel.directories(own))
                .extracting(path -> path.getFileName().toString())
                .containsExactlyInAnyOrder("sandrun-500-777", "sandrun-by-hand", "sandrun-me", "somebody");
    }

    /** An ordinary user's agent beside root's, which was killed. */
    @Test
    void groups_of_another_user_are_left_at_once() throws IOException {
        Path own = kernel.delegate("service");
        Path left = own.resolve("sandrun-500-600");
        kernel.makeDirectory(left);
        kernel.makeDirectory(left.resolve("slot-0"));
        kernel.write(own.resolve("cgroup.procs"), PID);
        kernel.forbidWriting(own);
        kernel.forbidWriting(left);

        assertThat(open().layers()).isEmpty();

        assertThat(kernel.removalsTried()).isEqualTo(1);
        assertThat(kernel.directories(left)).hasSize(1);
    }

    @Test
    void what_an_agent_left_in_a_place_where_nobody_looks_any_more_is_removed_by_its_own_note() throws IOException {
        Path session = kernel.delegate("session-7");
        Path left = session.resolve("sandrun-500-600");
        kernel.makeDirectory(left);
        kernel.makeDirectory(left.resolve("slot-0"));
        kernel.makeDirectory(session.resolve("other"));
        Files.writeString(state.resolve("groups-500-600"), left + "\n" + session.resolve("other") + "\n");
        kernel.delegate("service", PID);

        open();

        assertThat(kernel.directories(session)).containsExactly(session.resolve("other"));
        assertThat(state.resolve("groups-500-600")).doesNotExist();
    }

    @Test
    void the_note_of_an_agent_is_there_while_its_groups_are() throws IOException {
        Path own = kernel.delegate("service", PID);

        AgentCgroups cgroups = open();

        assertThat(state.resolve("groups-me"))
                .hasContent(own.resolve("sandrun-me").toString());
        cgroups.close();
        assertThat(state).isEmptyDirectory();
    }

    @Test
    void what_is_still_in_use_is_noted_until_it_can_be_removed() throws IOException {
        Path session = kernel.delegate("session-7");
        Path left = session.resolve("sandrun-500-600");
        kernel.makeDirectory(left);
        kernel.write(left.resolve("cgroup.procs"), "4242");
        Files.writeString(state.resolve("groups-500-600"), left + "\n");

        AgentCgroups.open("me", state, kernel, proc).close();
        assertThat(state.resolve("groups-500-600")).exists();

        kernel.endProcess("4242");
        AgentCgroups.open("me", state, kernel, proc).close();
        assertThat(state).isEmptyDirectory();
        assertThat(kernel.directories(session)).isEmpty();
    }

    @Test
    void a_name_that_is_a_path_is_refused() {
        assertThatThrownBy(() -> AgentCgroups.open("../x", state, kernel, proc))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private AgentCgroups open() {
        return AgentCgroups.open("me", state, kernel, proc);
    }

    private void use(Path group, long cpuMicros, long oomKills, long refusals) {
        kernel.set(group.resolve("memory.stat"), "anon 1000\nanon_thp 5\nfile 777\nshmem 2000\n");
        kernel.set(group.resolve("memory.events"), "oom 9\noom_kill " + oomKills + "\n");
        kernel.set(group.resolve("pids.current"), "5\n");
        kernel.set(group.resolve("pids.events"), "max " + refusals + "\n");
        kernel.set(group.resolve("cpu.stat"), "usage_usec " + cpuMicros + "\nuser_usec 1\n");
    }
}
