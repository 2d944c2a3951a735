package io.sandrun.protocol;

import io.sandrun.protocol.log.LogPart;
import io.sandrun.protocol.log.LogStream;
import io.sandrun.protocol.tls.CertificateRefusedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One client's way through one log, over as many connections as it takes. For one thread. */
final class LogFollower {
    private static final int JOB_ENDED = 4000;
    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(10);

    /** Three of the broker's pings. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(65);

    /** How long a broker may be away, which restarts in seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final long FIRST_PAUSE_MS = 50;
    private static final long LONGEST_PAUSE_MS = 2_000;

    private final BrokerClient client;
    private final String jobId;
    private final @Nullable LogStream stream;
    private int attempt;
    private long offset;

    LogFollower(BrokerClient client, String jobId, @Nullable LogStream stream, long offset) {
        this.client = client;
        this.jobId = jobId;
        this.stream = stream;
        this.offset = offset;
    }

    /** What one connection brings: parts, and at last how it ended. */
    private static final class Ears implements WebSocket.Listener {
        /** At most one part, since the next is asked for when it was used; then the code of the end. */
        private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();

        private final StringBuilder text = new StringBuilder();
        private volatile long heardAtNanos = System.nanoTime();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            heardAtNanos = System.nanoTime();
            text.append(data);
            if (last) {
                heard.add(Json.read(text.toString(), LogPart.class));
                text.setLength(0);
            } else {
                socket.request(1);
            }
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
            heardAtNanos = System.nanoTime();
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            heard.add(status);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            heard.add(-1);
        }
    }

    void follow(Consumer<LogPart> each) throws IOException {
        long pauseMs = FIRST_PAUSE_MS;
        long wellNanos = System.nanoTime();
        try {
            while (true) {
                Ears ears = new Ears();
                WebSocket socket = open(ears);
                if (socket != null) {
                    pauseMs = FIRST_PAUSE_MS;
                    if (read(socket, ears, each) == JOB_ENDED) {
                        return;
                    }
                    wellNanos = System.nanoTime();
                }
                if (System.nanoTime() - wellNanos > PATIENCE.toNanos()) {
                    throw new IOException("The broker at %s is gone; the log was followed to byte %d."
                            .formatted(client.url(), offset));
                }
                pause(pauseMs);
                pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the log was followed");
        }
    }

    /** Null if it is to be tried again. */
    private @Nullable WebSocket open(Ears ears) throws IOException, InterruptedException {
        String query = "format=json&attempt=%d&offset=%d%s"
                .formatted(attempt, offset, stream == null ? "" : "&stream=" + stream.wire());
        CompletableFuture<WebSocket> opening = client.watch(jobId, query, ears);
        try {
            return opening.get(OPEN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof WebSocketHandshakeException refused
                    && refused.getResponse().statusCode() / 100 == 4
                    && refused.getResponse().statusCode() != ErrorCode.RATE_LIMITED.httpStatus()) {
                // The reason is not in a handshake's answer: the same question in plain HTTP has it.
                client.log(jobId, stream, offset);
            }
            if (CertificateRefusedException.in(failed).isPresent()) {
                throw client.readable(failed.getCause());
            }
            return null;
        } catch (TimeoutException late) {
            var unused = opening.whenComplete((socket, failure) -> {
                if (socket != null) {
                    socket.abort();
                }
            });
            return null;
        }
    }

    /** The code with which the connection ended. */
    private int read(WebSocket socket, Ears ears, Consumer<LogPart> each) throws InterruptedException {
        try {
            while (true) {
                long leftNanos = SILENCE_MAX.toNanos() - (System.nanoTime() - ears.heardAtNanos);
                if (leftNanos <= 0) {
                    return -1;
                }
                Object next = ears.heard.poll(leftNanos, TimeUnit.NANOSECONDS);
                if (next instanceof LogPart part) {
                    each.accept(part);
                    attempt = part.attempt();
                    offset = part.offset() + part.length();
                    socket.request(1);
                } else if (next instanceof Integer code) {
                    return code;
                }
            }
        } finally {
            socket.abort();
        }
    }

    private static void pause(long milliseconds) throws InterruptedException {
        var unused = new CountDownLatch(1).await(milliseconds, TimeUnit.MILLISECONDS);
    }
}
