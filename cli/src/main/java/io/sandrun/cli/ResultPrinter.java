package io.sandrun.cli;

import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A result on the terminal: the program's two streams as they were, and a word of ours where it did not end well. */
final class ResultPrinter {
    private ResultPrinter() {}

    static void print(JobResult result, boolean json) throws IOException {
        if (json) {
            Console.say(Json.write(result));
            return;
        }
        Console.output(bytes(result.output(), result.outputBase64()));
        Console.error(bytes(result.error(), result.errorBase64()));
        Console.endOutput();
        if (result.outputTruncated() || result.errorTruncated()) {
            Console.tell("the output was cut: the program printed %,d bytes, and %,d bytes of errors"
                    .formatted(result.outputBytes(), result.errorBytes()));
        }
        tellEnd(result);
    }

    /** Why the program did not end by itself, where it did not. */
    static void tellEnd(JobResult result) {
        if (result.code() != Outcome.OK && result.code() != Outcome.EXIT_NONZERO) {
            Console.complain(result.code().wire() + ": " + result.reason());
        }
    }

    private static byte[] bytes(String text, @Nullable String base64) {
        return base64 == null
                ? text.getBytes(StandardCharsets.UTF_8)
                : Base64.getDecoder().decode(base64);
    }
}
