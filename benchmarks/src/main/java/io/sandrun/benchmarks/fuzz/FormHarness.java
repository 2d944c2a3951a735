package io.sandrun.benchmarks.fuzz;

import io.sandrun.protocol.Paths;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Any bytes as the form in which a project comes, with the boundary {@code b}. */
public final class FormHarness {
    private static @Nullable FuzzedBroker broker;

    private FormHarness() {}

    /** Called by the fuzzer once. */
    public static void fuzzerInitialize() throws IOException {
        broker = FuzzedBroker.start();
    }

    /** Called by the fuzzer for each input. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        if (broker != null) {
            byte[] request = FuzzedBroker.post(Paths.SUBMIT, "multipart/form-data; boundary=b", input);
            AnswerCheck.check(request, broker.exchange(request));
        }
    }
}
