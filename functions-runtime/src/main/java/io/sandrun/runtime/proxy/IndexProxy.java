package io.sandrun.runtime.proxy;

import io.sandrun.runtime.Door;
import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.LinuxException;
import io.sandrun.runtime.linux.Poll;
import io.sandrun.runtime.linux.TcpSocket;
import io.sandrun.runtime.linux.Wakeup;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A door that leads to the hosts of a package index. For one run. Thread-safe. */
public final class IndexProxy implements Door {
    /** npm opens fifteen at once, pip one. More wait in the listener. */
    private static final int CONNECTIONS = 32;

    /** Only a name that is being looked up takes longer: such a thread ends by itself, with the resolver's patience. */
    private static final int STOP_MS = 2_000;

    private final AllowedHosts hosts;
    private final Traffic traffic;

    /** @param mostBytes that all connections together may carry, in and out */
    public IndexProxy(AllowedHosts hosts, long mostBytes) {
        this.hosts = hosts;
        this.traffic = new Traffic(mostBytes);
    }

    /** What was asked for in vain, a sentence each. */
    public List<String> refusals() {
        return traffic.refusals();
    }

    /** Which host of the index could not be reached, and why; empty when all were, in the end. */
    public Optional<String> outage() {
        return traffic.outage();
    }

    @Override
    public Opening open(Descriptor listener) throws IOException {
        return new Serving(listener);
    }

    /** The threads of an open door. */
    private final class Serving implements Opening {
        private final Descriptor listener;
        private final Wakeup stop;
        /** Of {@link #stop}; the last one to leave closes it. */
        private final AtomicInteger threadsInside = new AtomicInteger(1);

        private final Semaphore free = new Semaphore(CONNECTIONS);
        private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "sandrun-door");
            thread.setDaemon(true);
            return thread;
        });

        Serving(Descriptor listener) throws IOException {
            this.listener = listener;
            this.stop = Wakeup.open();
            threads.execute(this::serve);
        }

        private void serve() {
            try (Poll poll = new Poll()) {
                int stopped = poll.watch(stop.descriptor());
                poll.watch(listener);
                while (!poll.isReady(stopped)) {
                    letIn();
                    poll.await(-1);
                }
            } catch (LinuxException | InterruptedException closed) {
                // Nobody comes in any more; the run goes on without its door.
            } finally {
                leave();
            }
        }

        private void letIn() throws LinuxException, InterruptedException {
            for (Descriptor next = TcpSocket.accept(listener); next != null; next = TcpSocket.accept(listener)) {
                Descriptor inside = next;
                try {
                    free.acquire();
                } catch (InterruptedException stopping) {
                    inside.close();
                    throw stopping;
                }
                threadsInside.incrementAndGet();
                try {
                    threads.execute(() -> serve(inside));
                } catch (RejectedExecutionException stopping) {
                    inside.close();
                    leave();
                    return;
                }
            }
        }

        private void serve(Descriptor inside) {
            try (inside) {
                new Crossing(inside, hosts, traffic, stop).run();
            } finally {
                free.release();
                leave();
            }
        }

        private void leave() {
            if (threadsInside.decrementAndGet() == 0) {
                stop.close();
            }
        }

        @Override
        public void close() {
            stop.wake();
            threads.shutdownNow();
            try {
                // What is left then hangs in a lookup; it finds the door closed.
                boolean ignored = threads.awaitTermination(STOP_MS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException hurried) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
