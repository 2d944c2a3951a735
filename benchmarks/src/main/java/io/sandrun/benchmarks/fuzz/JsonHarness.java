package io.sandrun.benchmarks.fuzz;

import io.sandrun.protocol.Paths;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Any bytes as the body of a well-formed request: the first byte chooses the path. */
public final class JsonHarness {
    private static final List<String> PATHS = List.of(
            Paths.SUBMIT,
            Paths.SUBMIT_BATCH,
            Paths.REGISTER,
            Paths.HEARTBEAT,
            Paths.CLAIM,
            Paths.COMPLETE,
            Paths.COMPLETE_BATCH,
            Paths.RELEASE);

    private static @Nullable FuzzedBroker broker;

    private JsonHarness() {}

    /** Called by the fuzzer once. */
    public static void fuzzerInitialize() throws IOException {
        broker = FuzzedBroker.start();
    }

    /** Called by the fuzzer for each input. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        if (broker != null && input.length > 0) {
            String path = PATHS.get(Byte.toUnsignedInt(input[0]) % PATHS.size());
            byte[] body = Arrays.copyOfRange(input, 1, input.length);
            byte[] request = FuzzedBroker.post(path, "application/json", body);
            AnswerCheck.check(request, broker.exchange(request));
        }
    }
}
