package io.sandrun.cli;

import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.log.LogPart;
import io.sandrun.protocol.log.LogStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Prints a job's log as it comes. One thread. */
final class LogPrinter {
    /** How it is printed. */
    enum Form {
        /** Standard output there, standard error and what an installation prints to standard error. */
        APART,
        /** All of it on standard output. */
        TOGETHER,
        /** Each part as a line of JSON. */
        JSON
    }

    /** Stands in a part's text for bytes that are none. */
    private static final char NO_TEXT = '\uFFFD';

    private final BrokerClient client;
    private final String jobId;
    private final @Nullable LogStream stream;
    private final Form form;
    private int attempt;

    /**
     * @param stream the only one that is wanted, or null for all
     */
    LogPrinter(BrokerClient client, String jobId, @Nullable LogStream stream, Form form) {
        this.client = client;
        this.jobId = jobId;
        this.stream = stream;
        this.form = form;
    }

    /** @throws UncheckedIOException when standard output is closed */
    void print(LogPart part) {
        if (form == Form.JSON) {
            Console.say(Json.write(part));
            return;
        }
        if (attempt != 0 && part.attempt() != attempt) {
            Console.tell("attempt %d begins".formatted(part.attempt()));
        }
        attempt = part.attempt();
        try {
            byte[] bytes = bytes(part);
            if (form == Form.TOGETHER || part.stream() == LogStream.STDOUT) {
                Console.output(bytes);
            } else {
                Console.error(bytes);
            }
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }

    /** The text's own bytes; where it has something that is no text, those of the log. */
    private byte[] bytes(LogPart part) throws IOException {
        byte[] text = part.text().getBytes(StandardCharsets.UTF_8);
        if (part.text().indexOf(NO_TEXT) < 0) {
            return text;
        }
        byte[] exact = client.logBytes(jobId, stream, part.offset(), part.length());
        return exact.length == part.length() ? exact : text;
    }
}
