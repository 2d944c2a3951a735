package io.sandrun.benchmarks.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short form of {@code benchmarks/run hostile-jobs}. */
class SoakTest {
    private static final int JOBS = 40;
    private static final int SEEDS = 1_000_000;

    @Test
    @Timeout(180)
    void hostile_jobs_leave_nothing_behind() throws Exception {
        long seed = ThreadLocalRandom.current().nextInt(SEEDS);
        System.out.printf("%d hostile jobs with seed %d%n", JOBS, seed);
        Soak soak = new Soak(seed);
        soak.run(JOBS);
        assertThat(soak.violations()).as("seed %d", seed).isEmpty();
        assertThat(soak.table()).hasSize(HostileKind.runnable().size() + 1);
    }
}
