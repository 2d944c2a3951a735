package io.sandrun.broker.trust;

import io.sandrun.protocol.identity.RequestSignature;
import java.util.Comparator;
import java.util.TreeSet;

/**
 * The signed requests of the last minutes, so that none is served twice.
 *
 * <p>Theory of operation: what was signed up to {@link #floorMs} is not told apart any more, and so is refused. The
 * floor starts with the last moment that a request can name which an earlier run of this broker took. When there is no
 * more room, the oldest signature is forgotten and the floor rises to it: memory stays bounded, and a flood of
 * signatures can keep nodes waiting that have no session, but never lets one pass twice. Thread-safe.
 */
final class SeenRequests {
    /** Signatures that are remembered: all nodes that a broker may have, registering within the window. */
    static final int REMEMBERED = 131_072;

    private final TreeSet<Use> uses = new TreeSet<>(
            Comparator.comparingLong(Use::timeMs).thenComparing(Use::workerId).thenComparing(Use::nonce));
    private final int capacity;
    private long floorMs;

    private record Use(long timeMs, String workerId, String nonce) {}

    /** @param startMs when the broker started: nothing signed further ahead of it was taken before */
    SeenRequests(int capacity, long startMs) {
        this.capacity = capacity;
        this.floorMs = startMs + RequestSignature.AHEAD_MS_MAX - 1;
    }

    /** The time up to which signatures are refused, milliseconds since 1970. */
    synchronized long floorMs() {
        return floorMs;
    }

    /**
     * Notes a request whose signature fits; answers false if it was noted before.
     *
     * @param timeMs when it was signed; above the floor
     * @param expiredMs what was signed before this is refused by its age
     */
    synchronized boolean isFirst(String workerId, long timeMs, String nonce, long expiredMs) {
        while (!uses.isEmpty() && uses.first().timeMs < expiredMs) {
            uses.pollFirst();
        }
        if (timeMs <= floorMs || !uses.add(new Use(timeMs, workerId, nonce))) {
            return false;
        }
        if (uses.size() > capacity) {
            floorMs = uses.pollFirst().timeMs;
        }
        return true;
    }
}
