package io.sandrun.benchmarks.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sandrun.benchmarks.faults.Scenario.Findings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The short form: one round of each scenario. The long form is {@code benchmarks/run faults}. */
class FaultSuiteTest {
    private static final int ROUNDS = 1;

    /** Enough that some go forward while a lease is held or a result kept. */
    private static final int JUMPS = 8;

    /** Some jobs of a broker whose clock was set back by days end after days; all others within seconds. */
    private static final Duration CONTROL_DRAIN_TIMEOUT = Duration.ofSeconds(20);

    private static final int SEEDS = 1_000_000;

    static List<String> names() {
        return FaultSuite.scenarios().stream().map(Scenario::name).toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    @Timeout(180)
    void nothing_that_was_promised_is_broken_by(String name) throws Exception {
        long seed = ThreadLocalRandom.current().nextInt(SEEDS);
        Scenario scenario = FaultSuite.scenarios().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        System.out.printf("%s with seed %d%n", name, seed);
        Findings findings = FaultSuite.run(scenario, ROUNDS, seed);
        assumeTrue(findings.skipped().isEmpty(), findings.skipped());
        assertThat(findings.violations()).as("seed %d", seed).isEmpty();
        assertThat(findings.jobs()).isPositive();
        assertThat(findings.faults()).isPositive();
    }

    /** The control: the suite does find what it is there to find. */
    @Test
    @Timeout(180)
    void a_broker_that_believes_every_jump_of_the_wall_clock_is_caught() throws Exception {
        long seed = ThreadLocalRandom.current().nextInt(SEEDS);
        System.out.printf("clock control with seed %d%n", seed);
        Findings findings = FaultSuite.run(new ClockJumps(wall -> wall, CONTROL_DRAIN_TIMEOUT), JUMPS, seed);
        assertThat(findings.violations()).as("seed %d", seed).isNotEmpty();
    }
}
