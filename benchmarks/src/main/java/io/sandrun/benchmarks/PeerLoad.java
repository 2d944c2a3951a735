package io.sandrun.benchmarks;

import io.sandrun.benchmarks.Peer.Session;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Puts no-op jobs through somebody else's queue, in the shapes in which {@link Load} puts them through a broker. */
final class PeerLoad {
    private static final long PATIENCE_SECONDS = 300;

    private final Peer peer;
    private final String job;

    PeerLoad(Peer peer, String job) {
        this.peer = peer;
        this.job = job;
    }

    /** Jobs a second, from the first submit to the last end; 0 workers only submit. */
    double perSecond(int producers, int workers, int jobs) throws Exception {
        AtomicInteger toSubmit = new AtomicInteger(jobs);
        AtomicInteger toEnd = new AtomicInteger(workers == 0 ? 0 : jobs);
        long start = System.nanoTime();
        try (Crew ending = Crew.start(Math.max(1, workers), () -> work(toEnd));
                Crew submitting = Crew.start(producers, () -> produce(toSubmit))) {
            submitting.await();
            ending.await();
        }
        return jobs * 1e9 / (System.nanoTime() - start);
    }

    private void produce(AtomicInteger left) throws IOException {
        try (Session session = peer.connect()) {
            while (left.getAndDecrement() > 0) {
                session.submit(job);
            }
        }
    }

    private void work(AtomicInteger left) throws IOException {
        try (Session session = peer.connect()) {
            while (left.get() > 0) {
                if (session.work()) {
                    left.decrementAndGet();
                }
            }
        }
    }

    /** Ends whatever waits. */
    void drain() throws IOException {
        try (Session session = peer.connect()) {
            boolean found = true;
            while (found) {
                found = session.work();
            }
        }
    }

    /** One job at a time, from its submit until its worker has it ended; nobody asks for a result. */
    Samples latencies(int rounds) throws Exception {
        Samples samples = new Samples(rounds);
        Semaphore ended = new Semaphore(0);
        AtomicInteger left = new AtomicInteger(rounds);
        try (Session client = peer.connect();
                Crew worker = Crew.start(1, () -> tell(left, ended))) {
            for (int round = 0; round < rounds; round++) {
                long start = System.nanoTime();
                client.submit(job);
                if (!ended.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IOException("a job did not end");
                }
                samples.add(System.nanoTime() - start);
            }
            worker.await();
        }
        return samples;
    }

    private void tell(AtomicInteger left, Semaphore ended) throws IOException {
        try (Session session = peer.connect()) {
            while (left.get() > 0) {
                if (session.work()) {
                    left.decrementAndGet();
                    ended.release();
                }
            }
        }
    }
}
