package io.sandrun.benchmarks.fuzz;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Raw bytes where a request should be. */
public final class HttpHarness {
    private static @Nullable FuzzedBroker broker;

    private HttpHarness() {}

    /** Called by the fuzzer once. */
    public static void fuzzerInitialize() throws IOException {
        broker = FuzzedBroker.start();
    }

    /** Called by the fuzzer for each input. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        if (broker != null) {
            AnswerCheck.check(input, broker.exchange(input));
        }
    }
}
