package io.sandrun.broker.http.flow;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Ends what no thread waits for, or a thread waits for too long, when it is too slow. Thread-safe. */
public final class PaceWatch {
    private final Pace.Least least;
    private final Set<Watched> watched = ConcurrentHashMap.newKeySet();

    PaceWatch(Pace.Least least) {
        this.least = least;
    }

    /** Something that moves; to be closed when it is over. */
    public final class Watched implements AutoCloseable {
        private final Pace pace;
        private final Runnable whenTooSlow;

        private Watched(Pace pace, Runnable whenTooSlow) {
            this.pace = pace;
            this.whenTooSlow = whenTooSlow;
        }

        public void moved(long bytes) {
            pace.moved(bytes);
        }

        @Override
        public void close() {
            watched.remove(this);
        }
    }

    /** @param whenTooSlow is called once, must be quick and must not throw */
    Watched watch(Runnable whenTooSlow) {
        Watched added = new Watched(new Pace(least, System.nanoTime()), whenTooSlow);
        watched.add(added);
        return added;
    }

    /** To be called about once a second. */
    void look(long nowNanos) {
        List<Watched> slow =
                watched.stream().filter(each -> each.pace.isTooSlow(nowNanos)).toList();
        for (Watched each : slow) {
            if (watched.remove(each)) {
                each.whenTooSlow.run();
            }
        }
    }
}
