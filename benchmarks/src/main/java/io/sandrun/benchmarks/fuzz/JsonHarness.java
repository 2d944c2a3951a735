package io.sandrun.benchmarks.fuzz;

import io.sandrun.protocol.Paths;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
            byte[] request = request(input);
            AnswerCheck.check(request, broker.exchange(request));
        }
    }

    private static byte[] request(byte[] input) {
        String path = PATHS.get(Byte.toUnsignedInt(input[0]) % PATHS.size());
        String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Connection: close\r\nContent-Length: " + (input.length - 1) + "\r\n\r\n";
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        request.write(input, 1, input.length - 1);
        return request.toByteArray();
    }
}
