package io.sandrun.benchmarks.faults;

import io.sandrun.benchmarks.Relay;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network that fails, on loopback: a relay that at random moments loses what it carries, holds it back, or cuts a
 * connection in the middle of it. Thread-safe.
 */
final class CuttingProxy implements AutoCloseable {
    /** How long bytes are held back at most, milliseconds: some beyond NODE_TIMEOUT of the suite. */
    private static final int STALL_MS_MAX = 3_000;

    private final Relay relay;
    private final Random random;
    private final AtomicInteger faults = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile double faultsPerChunk;

    CuttingProxy(int target, long seed) throws IOException {
        this.random = new Random(seed);
        this.relay = new Relay(target, InetAddress.getLoopbackAddress(), this::pass);
    }

    URI url() {
        return relay.url();
    }

    int faults() {
        return faults.get();
    }

    /** @param perChunk how likely each piece of a request or an answer meets a fault, 0 to 1 */
    void beUnreliable(double perChunk) {
        faultsPerChunk = perChunk;
    }

    /** Cuts every connection and takes no other until {@link #restore()}. */
    void cut() {
        faults.incrementAndGet();
        relay.cut();
    }

    void restore() {
        relay.restore();
    }

    private boolean pass(byte[] chunk, int count, OutputStream out) throws IOException {
        int kept = count;
        if (random.nextDouble() < faultsPerChunk) {
            faults.incrementAndGet();
            switch (random.nextInt(3)) {
                case 0 -> kept = 0;
                case 1 -> kept = random.nextInt(count);
                default -> stall();
            }
        }
        out.write(chunk, 0, kept);
        out.flush();
        return kept == count;
    }

    private void stall() throws IOException {
        try {
            if (closed.await(random.nextInt(STALL_MS_MAX), TimeUnit.MILLISECONDS)) {
                throw new IOException("closed");
            }
        } catch (InterruptedException stop) {
            throw new IOException(stop);
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        relay.close();
    }
}
