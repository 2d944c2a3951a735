package io.sandrun.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Version 1, on plain files: what the host really does with them is HostCgroupsTest's. */
class CpuShareControlTest {
    @TempDir
    Path hierarchy;

    private Path container;
    private Path group;

    @BeforeEach
    void make() throws IOException {
        container = hierarchy.resolve("container");
        group = Files.createDirectories(container.resolve("slot"));
        for (Path directory : new Path[] {hierarchy, container, group}) {
            Files.writeString(directory.resolve("cpu.cfs_quota_us"), "-1\n");
            Files.writeString(directory.resolve("cpu.cfs_period_us"), "100000\n");
        }
    }

    private String quotaAfter(double cores) throws IOException {
        Files.writeString(group.resolve("cpu.cfs_quota_us"), "-1\n");
        new CpuShareControl(new KernelFiles(), new GroupDirectory(1, group)).limit(cores);
        return Files.readString(group.resolve("cpu.cfs_quota_us"));
    }

    @Test
    void cores_become_a_quota_of_each_period() throws IOException {
        assertThat(quotaAfter(1.5)).isEqualTo("150000");
        assertThat(quotaAfter(0.0001)).isEqualTo("1000");
    }

    @Test
    void a_quota_never_exceeds_that_of_the_container_which_the_kernel_would_refuse() throws IOException {
        Files.writeString(container.resolve("cpu.cfs_quota_us"), "75000\n");
        Files.writeString(container.resolve("cpu.cfs_period_us"), "50000\n");
        assertThat(quotaAfter(4)).isEqualTo("150000");
        assertThat(quotaAfter(1)).isEqualTo("100000");
    }
}
