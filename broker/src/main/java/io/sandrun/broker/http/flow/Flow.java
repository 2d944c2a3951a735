package io.sandrun.broker.http.flow;

import io.sandrun.protocol.Limits;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;

/** What bytes flow through, and the one thread that looks after it. */
public final class Flow implements AutoCloseable {
    private static final long LOOK_EVERY_MS = 1_000;

    /** Until the server takes in no more: some may come in the meantime. */
    private static final long CUT_OFF_EVERY_MS = 100;

    private static final long HEAP_PARTS = 8;

    private final PaceWatch watch;
    private final Transfers transfers = new Transfers();
    private final OpenConnections open;
    private final double headSeconds;
    private volatile @Nullable SilentConnections silent;
    private final ScheduledExecutorService clock = new ScheduledThreadPoolExecutor(1, Flow::thread);
    private final ScheduledFuture<?> looks;

    public Flow() {
        this(Pace.LEAST, Limits.HEAD_SECONDS, OpenConnections.places());
    }

    /** Likewise with other limits: for tests that cannot wait. */
    Flow(Pace.Least least, double headSeconds, Shares places) {
        this.open = new OpenConnections(places);
        this.headSeconds = headSeconds;
        this.watch = new PaceWatch(least);
        this.looks = clock.scheduleWithFixedDelay(this::look, LOOK_EVERY_MS, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
    }

    /** For what comes and goes as a stream. */
    public Transfers transfers() {
        return transfers;
    }

    /** Puts itself between the server and what is added to it later. */
    public void addTo(Server server) {
        server.setHandler(new BodyIntake(new Room(memory(), watch), new Room(memory(), watch)));
        silent = new SilentConnections(server, open, headSeconds);
        server.addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle starting) {
                for (Connector connector : server.getConnectors()) {
                    if (connector instanceof AbstractConnector listening) {
                        listening.addBean(open);
                    }
                }
            }
        });
    }

    /** Which does not outlive a start that fails. */
    private static Thread thread(Runnable look) {
        Thread thread = new Thread(look, "sandrun-http-pace");
        thread.setDaemon(true);
        return thread;
    }

    private static Shares memory() {
        long bytes = Math.min(Limits.BODIES_BYTES, Runtime.getRuntime().maxMemory() / HEAP_PARTS);
        return new Shares(bytes, bytes * Limits.BODIES_BYTES_OF_ADDRESS / Limits.BODIES_BYTES);
    }

    private void look() {
        watch.look(System.nanoTime());
        SilentConnections looked = silent;
        if (looked != null) {
            looked.look(System.nanoTime());
        }
    }

    /**
     * Cuts off every connection from that time on, by {@link System#nanoTime()}, so that none holds the stop of the
     * server for longer.
     */
    public void cutOffFrom(long nanos) {
        SilentConnections connections = silent;
        if (connections != null) {
            long delayMs = TimeUnit.NANOSECONDS.toMillis(Math.max(0, nanos - System.nanoTime()));
            var unused =
                    clock.scheduleWithFixedDelay(connections::cutOff, delayMs, CUT_OFF_EVERY_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** Watches no longer; to be called when the server has stopped. */
    @Override
    public void close() {
        looks.cancel(false);
        clock.shutdownNow();
        transfers.close();
    }
}
