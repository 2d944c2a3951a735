package io.sandrun.broker.log;

import io.sandrun.protocol.log.LogFrame;
import io.sandrun.protocol.log.LogStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Places in a log from which a reader can begin without reading all before them. Whoever reads notes them as he passes,
 * a few for each MiB, so that only the first one reads a log from its beginning. Thread-safe.
 */
public final class LogPlaces {
    /** From one to the next, about: what is read in vain at most, and what one costs some dozens of bytes of memory. */
    static final int STEP_BYTES = 256 * 1024;

    private final List<Place> places = new ArrayList<>(List.of(new Place(0, 0, 0, 0)));
    private volatile long lastPosition;

    /**
     * Between two pieces.
     *
     * @param position bytes of the log's pieces with their heads before it
     * @param stdout bytes of that stream before it, as of the others
     */
    record Place(long position, long stdout, long stderr, long install) {
        /** Bytes before it of one stream, or of the whole log for null. */
        long passed(@Nullable LogStream only) {
            if (only == null) {
                return stdout + stderr + install;
            }
            return switch (only) {
                case STDOUT -> stdout;
                case STDERR -> stderr;
                case INSTALL -> install;
            };
        }

        /** The place behind a piece that begins here. */
        Place behind(LogFrame piece) {
            long end = position + piece.size();
            return switch (piece.stream()) {
                case STDOUT -> new Place(end, stdout + piece.length(), stderr, install);
                case STDERR -> new Place(end, stdout, stderr + piece.length(), install);
                case INSTALL -> new Place(end, stdout, stderr, install + piece.length());
            };
        }
    }

    /** The last one that has no more before it than so many bytes of a stream, or of the whole log for null. */
    synchronized Place before(@Nullable LogStream only, long bytes) {
        int index = places.size() - 1;
        while (index > 0 && places.get(index).passed(only) > bytes) {
            index--;
        }
        return places.get(index);
    }

    /** A reader is here. */
    void note(Place place) {
        if (place.position - lastPosition >= STEP_BYTES) {
            add(place);
        }
    }

    private synchronized void add(Place place) {
        if (place.position - lastPosition >= STEP_BYTES) {
            places.add(place);
            lastPosition = place.position;
        }
    }
}
