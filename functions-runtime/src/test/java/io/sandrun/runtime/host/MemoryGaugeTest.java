package io.sandrun.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryGaugeTest {
    @TempDir
    Path proc;

    private boolean isScarce(String memory, String pressure) throws IOException {
        Files.createDirectories(proc.resolve("pressure"));
        Files.writeString(proc.resolve("meminfo"), memory);
        Files.writeString(proc.resolve("pressure/memory"), pressure);
        return new MemoryGauge(proc).getAsBoolean();
    }

    private static String memory(int availableKilobytes) {
        return "MemTotal:       1000 kB\nMemFree:         10 kB\nMemAvailable:    " + availableKilobytes + " kB\n";
    }

    private static String pressure(String average) {
        return "some avg10=" + average + " avg60=0.00 avg300=0.00 total=1\nfull avg10=99.00 avg60=0.00 avg300=0.00\n";
    }

    @Test
    void a_tenth_of_the_memory_is_enough() throws IOException {
        assertThat(isScarce(memory(100), pressure("0.00"))).isFalse();
        assertThat(isScarce(memory(99), pressure("0.00"))).isTrue();
    }

    @Test
    void processes_that_wait_for_memory_tell_that_it_is_scarce() throws IOException {
        assertThat(isScarce(memory(900), pressure("19.99"))).isFalse();
        assertThat(isScarce(memory(900), pressure("20.00"))).isTrue();
    }

    @Test
    void a_kernel_that_does_not_tell_has_enough() throws IOException {
        assertThat(new MemoryGauge(proc.resolve("nowhere")).getAsBoolean()).isFalse();
        assertThat(isScarce("MemTotal: 1000 kB\n", "")).isFalse();
    }
}
