package io.sandrun.benchmarks.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The short form: a few seconds for each target. The long form is {@code benchmarks/run fuzz}. */
class FuzzSuiteTest {
    private static final int SECONDS = 8;
    private static final int SEEDS = 1_000_000;

    static List<String> names() {
        return FuzzSuite.targets().stream().map(FuzzTarget::name).toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    @Timeout(180)
    void no_bytes_break(String name) throws Exception {
        FuzzRun.Outcome outcome = run(FuzzSuite.targets().stream()
                .filter(target -> target.name().equals(name))
                .findFirst()
                .orElseThrow());
        assumeTrue(outcome.skipped().isEmpty(), outcome.skipped());
        assertThat(outcome.finding()).isEmpty();
        assertThat(outcome.kept()).isPositive();
        assertThat(outcome.executions()).isGreaterThan(outcome.kept());
        assertThat(outcome.covered()).isPositive();
    }

    /** The control: what is there to be found is found. */
    @Test
    @Timeout(180)
    void a_reader_that_trusts_a_length_is_caught() throws Exception {
        FuzzRun.Outcome outcome = run(new JvmTarget("json", TrustingHarness.class));
        assertThat(outcome.finding()).contains("ArrayIndexOutOfBoundsException").contains("input: ");
    }

    private static FuzzRun.Outcome run(FuzzTarget target) throws Exception {
        long seed = ThreadLocalRandom.current().nextInt(SEEDS);
        System.out.printf("%s with seed %d%n", target.name(), seed);
        return FuzzSuite.run(target, SECONDS, seed, false);
    }

    /** Reads a length and as many bytes, whether they are there or not. */
    public static final class TrustingHarness {
        private TrustingHarness() {}

        public static void fuzzerTestOneInput(byte[] input) {
            int length = input.length == 0 ? 0 : input[0] & 0x7f;
            int sum = 0;
            for (int at = 1; at <= length; at++) {
                sum += input[at];
            }
            assertThat(sum).isLessThan(Integer.MAX_VALUE);
        }
    }
}
