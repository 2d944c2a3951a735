package io.sandrun.broker.http.flow;

import io.sandrun.protocol.Limits;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.util.IO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts connections when they are accepted. One that is too many is closed at once: the files of the store, of logs
 * and of transfers need descriptors, too. Thread-safe.
 */
final class OpenConnections implements SelectorManager.AcceptListener {
    private static final Logger LOG = LoggerFactory.getLogger(OpenConnections.class);
    private static final long WARN_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Above this part of all places, connections without a request have little time. */
    private static final double PRESSED = 0.75;

    private final Shares places;
    private final Map<SelectableChannel, Peer> open = new ConcurrentHashMap<>();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong warnedAtNanos = new AtomicLong(System.nanoTime() - WARN_EVERY_NANOS);

    OpenConnections(Shares places) {
        this.places = places;
    }

    /** As many as the process has descriptors for, but for what else it opens. */
    static Shares places() {
        long descriptors = ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Limits.OPEN_FILES;
        long others = Math.min(Limits.DESCRIPTORS_OF_FILES, descriptors / 4);
        return new Shares(descriptors - others, Limits.CONNECTIONS_OF_ADDRESS);
    }

    boolean isPressed() {
        return places.taken() > PRESSED * places.most();
    }

    @Override
    public void onAccepting(SelectableChannel channel) {
        Peer peer;
        try {
            peer = Peer.of(((SocketChannel) channel).getRemoteAddress());
        } catch (IOException gone) {
            IO.close(channel);
            return;
        }
        if (places.take(peer, 1)) {
            open.put(channel, peer);
        } else {
            IO.close(channel);
            warn(peer);
        }
    }

    @Override
    public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
        onClosed(channel);
    }

    @Override
    public void onClosed(SelectableChannel channel) {
        Peer peer = open.remove(channel);
        if (peer != null) {
            places.give(peer, 1);
        }
    }

    private void warn(Peer peer) {
        refused.incrementAndGet();
        long now = System.nanoTime();
        long last = warnedAtNanos.get();
        if (now - last >= WARN_EVERY_NANOS && warnedAtNanos.compareAndSet(last, now)) {
            LOG.warn(
                    "Closed {} connections since the last such line, now one of {}: {} are open, {} may be, {} of one"
                            + " address",
                    refused.getAndSet(0),
                    peer.address(),
                    places.taken(),
                    places.most(),
                    places.mostOfOne());
        }
    }
}
