package io.sandrun.benchmarks.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sandrun.benchmarks.faults.Scenario.Findings;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The short form: one round of each scenario. The long form is {@code benchmarks/run faults}. */
class FaultSuiteTest {
    private static final int ROUNDS = 1;
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
}
