package io.sandrun.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;

/**
 * What a server command has started, in start order. SIGTERM and Ctrl-C stop it in the reverse order, and the process
 * ends when the last of it has stopped.
 */
final class Services implements AutoCloseable {
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread hook = new Thread(this::close, "sandrun-stop");

    Services() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    synchronized <T extends AutoCloseable> T add(T service) {
        started.push(service);
        return service;
    }

    /** Serves until the process is told to stop. */
    void awaitStop() throws InterruptedException {
        stopped.await();
    }

    /** Ends that: there is nothing more to serve. */
    void stop() {
        stopped.countDown();
    }

    @Override
    public synchronized void close() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception failed) {
                // The others must be stopped all the same.
                Console.complain("stopping: " + failed);
            }
        }
        stopped.countDown();
    }
}
