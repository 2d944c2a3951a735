package io.sandrun.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CgroupLayoutTest {
    @Test
    void version_one_controllers_may_share_a_hierarchy_and_have_own_groups() {
        CgroupLayout layout = CgroupLayout.parse("5:cpu,cpuacct:/a\n4:memory:/b/c\n1:name=systemd:/x\n0::/\n", """
                33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
                35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
                41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
                """);

        assertThat(layout.versionOne("cpuacct")).contains(group(1, "/sys/fs/cgroup/cpu,cpuacct/a"));
        assertThat(layout.versionOne("memory")).contains(group(1, "/sys/fs/cgroup/memory/b/c"));
        assertThat(layout.versionOne("pids")).isEmpty();
        assertThat(layout.versionTwo()).contains(group(2, "/sys/fs/cgroup/unified"));
    }

    @Test
    void a_container_sees_its_own_group_as_the_root_of_the_mount() {
        CgroupLayout layout = CgroupLayout.parse(
                "4:memory:/docker/12ab/job\n",
                "35 31 0:32 /docker/12ab /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");

        assertThat(layout.versionOne("memory")).contains(group(1, "/sys/fs/cgroup/memory/job"));
    }

    @Test
    void a_mount_that_does_not_show_our_group_is_not_ours() {
        String mount = "35 31 0:32 /docker/other /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";

        assertThat(CgroupLayout.parse("0::/docker/12ab\n", mount).versionTwo()).isEmpty();
        assertThat(CgroupLayout.parse("0::/../elsewhere\n", mount.replace("/docker/other", "/"))
                        .versionTwo())
                .isEmpty();
    }

    @Test
    void blanks_in_mount_points_are_understood_and_other_lines_ignored() {
        CgroupLayout layout = CgroupLayout.parse(
                "0::/user\nnonsense\n",
                "garbage\n22 1 8:1 / / rw - ext4 /dev/sda rw\n41 31 0:38 / /odd\\040place rw - cgroup2 cgroup2 rw\n");

        assertThat(layout.versionTwo()).contains(group(2, "/odd place/user"));
    }

    private static GroupDirectory group(int version, String directory) {
        return new GroupDirectory(version, Path.of(directory));
    }
}
