package io.sandrun.node.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With files such as the kernel shows; times in hundredths of a second. */
class OthersLoadTest {
    private static final long NODE = 100;

    private Path proc;
    private OthersLoad load;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        proc = directory;
        load = new OthersLoad(proc, NODE);
        process(1, "init", 0, 0, 0);
        process(NODE, "java", 1, 0, 0);
        machine(0);
        assertThat(load.look(0)).isEmpty();
    }

    private void machine(long busy) throws IOException {
        Files.writeString(proc.resolve("stat"), "cpu  %d 0 0 777 888 0 0 999 5 5\ncpu0 1 2 3\n".formatted(busy));
    }

    private void process(long pid, String name, long parent, long own, long ofEnded) throws IOException {
        Path directory = Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(
                directory.resolve("stat"),
                "%d (%s) S %d 1 1 0 -1 4194560 9 9 9 9 %d 0 %d 0 20 0 1 0 100 0 0"
                        .formatted(pid, name, parent, own, ofEnded));
    }

    private double after(long seconds) {
        return load.look(TimeUnit.SECONDS.toNanos(seconds)).orElseThrow();
    }

    @Test
    void what_the_node_and_its_jobs_use_is_not_the_others() throws IOException {
        process(200, "sandbox-init", NODE, 100, 0);
        process(300, "a) R 7 (job", 200, 900, 0);
        process(400, "browser", 1, 0, 0);
        machine(1_500);
        assertThat(after(10)).isCloseTo(0.5, within(0.001));
    }

    @Test
    void a_job_that_has_ended_still_counts_as_the_nodes() throws IOException {
        process(200, "sandbox-init", NODE, 0, 0);
        process(300, "job", 200, 500, 0);
        machine(500);
        assertThat(after(5)).isZero();
        Files.delete(proc.resolve("300/stat"));
        Files.delete(proc.resolve("300"));
        process(200, "sandbox-init", NODE, 0, 700);
        machine(700);
        assertThat(after(10)).isZero();
    }

    @Test
    void a_minute_later_a_busy_time_is_over() throws IOException {
        machine(1_000);
        assertThat(after(5)).isEqualTo(2);
        for (int seconds = 10; seconds < 65; seconds += 5) {
            assertThat(after(seconds)).isBetween(0.1, 1.0);
        }
        assertThat(after(70)).isZero();
    }

    @Test
    void looks_in_quick_succession_are_one() throws IOException {
        machine(1_000);
        assertThat(after(5)).isEqualTo(2);
        machine(9_000);
        assertThat(load.look(TimeUnit.SECONDS.toNanos(5) + 1)).hasValue(2);
    }

    @Test
    void where_processes_are_hidden_nothing_is_known() throws IOException {
        Files.delete(proc.resolve("1/stat"));
        machine(100);
        assertThat(load.look(TimeUnit.SECONDS.toNanos(5))).isEmpty();
    }

    @Test
    void it_reads_this_machine() {
        OthersLoad real =
                new OthersLoad(OthersLoad.PROC, ProcessHandle.current().pid());
        assertThat(real.look(0)).isEmpty();
        assertThat(real.look(TimeUnit.SECONDS.toNanos(5)).orElseThrow()).isGreaterThanOrEqualTo(0);
    }
}
