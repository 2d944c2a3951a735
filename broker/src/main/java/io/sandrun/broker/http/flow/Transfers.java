package io.sandrun.broker.http.flow;

import io.javalin.http.Context;
import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The threads in which files come and go. They are not those that take requests in, so that slow files hold up nothing
 * else; and of each kind there are so many, so that none holds up another. Thread-safe.
 */
public final class Transfers implements AutoCloseable {
    private static final long THREAD_IDLE_SECONDS = 60;

    /** What is moved, and how many at once. */
    public enum Kind {
        PROJECT(Limits.UPLOADS, Limits.TRANSFERS_OF_ADDRESS, "Too many projects are being uploaded already"),
        OUTPUT(Limits.TRANSFERS, Limits.TRANSFERS, "Too many files are being uploaded already"),
        INPUT(Limits.TRANSFERS, Limits.TRANSFERS, "Too many files are being sent already"),
        DOWNLOAD(Limits.DOWNLOADS, Limits.TRANSFERS_OF_ADDRESS, "Too many files are being sent already");

        private final int most;
        private final int mostOfAddress;
        private final String full;

        Kind(int most, int mostOfAddress, String full) {
            this.most = most;
            this.mostOfAddress = mostOfAddress;
            this.full = full;
        }
    }

    private final Map<Kind, Shares> places = new EnumMap<>(Kind.class);

    /** Without a bound of their own: whoever comes here has a place. */
    private final ThreadPoolExecutor threads;

    Transfers() {
        for (Kind kind : Kind.values()) {
            places.put(kind, new Shares(kind.most, kind.mostOfAddress));
        }
        AtomicInteger count = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                THREAD_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> new Thread(task, "sandrun-transfer-" + count.incrementAndGet()));
    }

    /**
     * Does work that waits for a client, in a thread that is there for it.
     *
     * @throws Refusal if there is no place for one more
     */
    public <T> CompletableFuture<T> run(Kind kind, Context request, Supplier<T> work) {
        CompletableFuture<T> running = run(kind, Peer.of(request), work);
        Wire.allowSilence(Wire.below(request), Limits.TRANSFER_IDLE_SECONDS);
        return running;
    }

    /** Likewise for a caller whose connection does not matter. */
    public <T> CompletableFuture<T> run(Kind kind, Peer peer, Supplier<T> work) {
        Shares shares = Objects.requireNonNull(places.get(kind));
        if (!shares.take(peer, 1)) {
            throw new Refusal(ErrorCode.RATE_LIMITED, kind.full + ": come back later.");
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return work.get();
                    } finally {
                        shares.give(peer, 1);
                    }
                },
                threads);
    }

    /** Whoever still waits for a client must have been cut off before. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
