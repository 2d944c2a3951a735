package io.sandrun.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.runtime.host.Host.Gpu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostProbeTest {
    @TempDir
    Path directory;

    @Test
    void this_machine_has_cores_memory_a_kernel_and_an_architecture() {
        Host host = new HostProbe().probe();

        assertThat(host.cores()).isPositive();
        assertThat(host.memoryBytes()).isGreaterThan(64L << 20);
        assertThat(host.kernel()).containsPattern("^\\d+\\.\\d+");
        assertThat(host.architecture()).isNotBlank();
    }

    @Test
    void graphics_processors_are_listed_with_their_memory_and_odd_lines_are_ignored() throws IOException {
        String program = script("echo 'NVIDIA A100-SXM4, 40GB edition, 40960'; echo 'Tesla T4, 15360'; echo '[N/A]'");

        assertThat(new HostProbe(directory, program).probe().gpus())
                .containsExactly(
                        new Gpu("NVIDIA A100-SXM4, 40GB edition", 40_960L << 20), new Gpu("Tesla T4", 15_360L << 20));
    }

    @Test
    void without_a_driver_or_a_proc_the_facts_are_absent() throws IOException {
        Host host = new HostProbe(directory, script("echo 'cannot talk to the driver'; exit 9")).probe();

        assertThat(host.gpus()).isEmpty();
        assertThat(host.memoryBytes()).isZero();
        assertThat(host.kernel()).isEmpty();
    }

    private String script(String body) throws IOException {
        Path file = Files.writeString(directory.resolve("smi"), "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file.toString();
    }
}
