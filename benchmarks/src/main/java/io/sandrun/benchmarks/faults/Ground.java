package io.sandrun.benchmarks.faults;

import io.sandrun.broker.Broker;
import io.sandrun.broker.store.Books;
import io.sandrun.broker.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** What scenarios share: how to read books from under a dead broker, and how to wait for what cannot be awaited. */
final class Ground {
    private static final long POLL_MS = 10;

    private Ground() {}

    /** The books as a broker would find them that starts over these files now; the files stay as they are. */
    static Books books(Path data, Path scratch) throws IOException {
        Path copy = copy(data, scratch);
        try (Store store = Store.open(copy.resolve(Broker.DATABASE), Clock.systemUTC())) {
            return store.read(tables -> tables.audit().books());
        }
    }

    /** Copies what a killed broker leaves: the database and its log, not the index that dies with the processes. */
    static Path copy(Path data, Path scratch) throws IOException {
        Path copy = Files.createTempDirectory(scratch, "books");
        for (String file : new String[] {Broker.DATABASE, Broker.DATABASE + "-wal"}) {
            if (Files.exists(data.resolve(file))) {
                Files.copy(data.resolve(file), copy.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return copy;
    }

    /** For what happens by itself in a broker and nobody is told of. */
    static void await(String what, long timeoutMs, BooleanSupplier condition)
            throws TimeoutException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException(what + " did not come within " + timeoutMs + " ms");
            }
            pause(POLL_MS);
        }
    }

    /** Lets time pass on purpose: the length of a fault. */
    static void pause(long millis) throws InterruptedException {
        if (new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("nobody counts this down");
        }
    }
}
