package io.sandrun.benchmarks.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The short form: a few seconds for each target, two at once, since each is one thread's work. The long form is {@code
 * benchmarks/run fuzz}.
 */
class FuzzSuiteTest {
    private static final int SECONDS = 8;
    private static final int SEEDS = 1_000_000;
    private static final int AT_ONCE = 2;
    private static final int PATIENCE_SECONDS = 400;

    private static final FuzzTarget TRUSTING = new JvmTarget("json", TrustingHarness.class);

    private static final ExecutorService THREADS = Executors.newFixedThreadPool(AT_ONCE);
    private static final Map<FuzzTarget, Future<FuzzRun.Outcome>> RUNS = new LinkedHashMap<>();

    @BeforeAll
    static void start() {
        FuzzSuite.targets().forEach(target -> RUNS.put(target, THREADS.submit(() -> run(target))));
        RUNS.put(TRUSTING, THREADS.submit(() -> run(TRUSTING)));
    }

    @AfterAll
    static void stop() {
        THREADS.shutdownNow();
    }

    private static FuzzRun.Outcome outcome(FuzzTarget target) throws Exception {
        return Objects.requireNonNull(RUNS.get(target)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    static List<String> names() {
        return FuzzSuite.targets().stream().map(FuzzTarget::name).toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    @Timeout(PATIENCE_SECONDS + 10)
    void no_bytes_break(String name) throws Exception {
        FuzzRun.Outcome outcome = outcome(RUNS.keySet().stream()
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
    @Timeout(PATIENCE_SECONDS + 10)
    void a_reader_that_trusts_a_length_is_caught() throws Exception {
        FuzzRun.Outcome outcome = outcome(TRUSTING);
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
