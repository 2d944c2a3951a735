package io.sandrun.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The fake is only worth as much as the kernel's rules that it keeps. */
class FakeKernelTest {
    private static final Path ROOT = Path.of("/cgroup");

    private final FakeKernel kernel = new FakeKernel(ROOT, "memory", "pids");

    @Test
    void a_group_that_hands_down_controllers_takes_no_process_and_the_other_way_round() throws IOException {
        Path group = kernel.delegate("service", "7");

        assertThatThrownBy(() -> kernel.write(group.resolve("cgroup.subtree_control"), "+pids"))
                .hasMessageContaining("busy");
        kernel.endProcess("7");
        kernel.write(group.resolve("cgroup.subtree_control"), "+pids");
        assertThatThrownBy(() -> kernel.write(group.resolve("cgroup.procs"), "7"))
                .hasMessageContaining("busy");
    }

    @Test
    void files_of_a_controller_come_and_go_with_it() throws IOException {
        Path child = kernel.delegate("service").resolve("child");
        kernel.makeDirectory(child);
        assertThat(kernel.exists(child.resolve("pids.max"))).isFalse();

        kernel.write(child.resolveSibling("cgroup.subtree_control"), "+pids");
        assertThat(kernel.read(child.resolve("pids.max"))).isEqualTo("max");

        kernel.write(child.resolveSibling("cgroup.subtree_control"), "-pids");
        assertThat(kernel.exists(child.resolve("pids.max"))).isFalse();
    }

    @Test
    void a_group_in_use_cannot_be_removed() throws IOException {
        Path group = kernel.delegate("service", "7");

        assertThatThrownBy(() -> kernel.removeDirectory(group)).hasMessageContaining("busy");
        kernel.endProcess("7");
        kernel.removeDirectory(group);
        assertThat(kernel.groups()).containsExactly(ROOT);
    }
}
