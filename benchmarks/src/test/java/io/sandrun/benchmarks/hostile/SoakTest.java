package io.sandrun.benchmarks.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The short form of {@code benchmarks/run hostile-jobs}, in a process of its own as there: what earlier tests still
 * close in this one would be taken for a trace.
 */
class SoakTest {
    private static final int JOBS = 40;
    private static final int SEEDS = 1_000_000;
    private static final int TIMEOUT_SECONDS = 170;

    @Test
    @Timeout(180)
    void hostile_jobs_leave_nothing_behind(@TempDir Path directory) throws Exception {
        long seed = ThreadLocalRandom.current().nextInt(SEEDS);
        System.out.printf("%d hostile jobs with seed %d%n", JOBS, seed);
        Path said = directory.resolve("said");
        Process soak = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        HostileJobs.class.getName(),
                        String.valueOf(JOBS),
                        String.valueOf(seed))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            assertThat(soak.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            soak.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(said);
        assertThat(lines).as("seed %d", seed).noneMatch(line -> line.startsWith("VIOLATION"));
        assertThat(soak.exitValue()).as("%s", lines).isZero();
        assertThat(lines)
                .contains("0 violations")
                .hasSizeGreaterThan(HostileKind.runnable().size());
    }
}
