package io.sandrun.protocol.transfer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a body into a file. When the connection breaks it goes on where it was, as long as the server still has the
 * same bytes, and from the beginning otherwise. One thread, once.
 */
public final class Download {
    private static final int OK = 200;
    private static final int PARTIAL_CONTENT = 206;

    /** Tries in a row that brought nothing, with pauses between them: a broker that restarts is back in that time. */
    private static final int FRUITLESS_TRIES = 6;

    private static final long PAUSE_MS = 250;

    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

    private final HttpClient http;
    private final HttpRequest request;
    private final Path target;
    private final Progress progress;
    private final Duration patience;
    private volatile @Nullable String tag;
    private long have;

    Download(HttpClient http, HttpRequest request, Path target, Progress progress, Duration patience) {
        this.http = http;
        this.request = request;
        this.target = target;
        this.progress = progress;
        this.patience = patience;
    }

    /**
     * Fetches all of it.
     *
     * @return empty when the file is complete, else the answer that is none: an error of the server's
     * @throws ExecutionException when the exchange failed for good
     */
    public Optional<HttpResponse<byte[]>> fetch() throws IOException, ExecutionException {
        int fruitless = 0;
        try (FileChannel file = FileChannel.open(
                target, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            while (true) {
                long before = have;
                try {
                    HttpResponse<byte[]> answer = attempt(file);
                    return isContent(answer.statusCode()) ? Optional.empty() : Optional.of(answer);
                } catch (ExecutionException broken) {
                    fruitless = have > before ? 0 : fruitless + 1;
                    // What never began is not resumed: the caller is told at once that nobody answers.
                    if (have == 0 || tag == null || fruitless == FRUITLESS_TRIES) {
                        throw broken;
                    }
                    pause(fruitless);
                }
            }
        }
    }

    private HttpResponse<byte[]> attempt(FileChannel file) throws IOException, ExecutionException {
        HttpRequest.Builder ask = HttpRequest.newBuilder(request, (name, value) -> true);
        if (have > 0 && tag != null) {
            ask.header("Range", "bytes=" + have + "-").header("If-Range", tag);
        }
        Movement movement = new Movement(progress, have);
        try {
            return movement.await(http.sendAsync(ask.build(), keeping(file, movement)), patience);
        } finally {
            have = movement.bytes();
        }
    }

    /** Content goes to the file, anything else to memory. */
    private BodyHandler<byte[]> keeping(FileChannel file, Movement movement) {
        return head -> {
            if (!isContent(head.statusCode())) {
                return BodyHandlers.ofByteArray().apply(head);
            }
            begin(head, file, movement);
            return BodySubscribers.mapping(
                    BodySubscribers.ofByteArrayConsumer(chunk -> chunk.ifPresent(bytes -> keep(bytes, file, movement))),
                    nothing -> new byte[0]);
        };
    }

    private void begin(ResponseInfo head, FileChannel file, Movement movement) {
        try {
            if (head.statusCode() == PARTIAL_CONTENT) {
                Matcher range = CONTENT_RANGE.matcher(
                        head.headers().firstValue("Content-Range").orElse(""));
                if (!range.matches() || Long.parseLong(range.group(1)) != movement.bytes()) {
                    throw new IOException("the server went on at another place than asked");
                }
                movement.expect(movement.bytes(), Long.parseLong(range.group(3)));
            } else {
                movement.expect(
                        0, head.headers().firstValueAsLong("Content-Length").orElse(-1));
                tag = head.headers().firstValue("ETag").orElse(null);
            }
            file.truncate(movement.bytes());
            file.position(movement.bytes());
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    private static void keep(byte[] bytes, FileChannel file, Movement movement) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
            movement.moved(bytes.length);
        } catch (IOException diskFull) {
            throw new UncheckedIOException(diskFull);
        }
    }

    private static boolean isContent(int status) {
        return status == OK || status == PARTIAL_CONTENT;
    }

    private static void pause(int fruitless) {
        new CompletableFuture<Void>()
                .completeOnTimeout(null, PAUSE_MS << fruitless, TimeUnit.MILLISECONDS)
                .join();
    }
}
