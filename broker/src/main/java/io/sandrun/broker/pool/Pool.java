package io.sandrun.broker.pool;

import io.sandrun.broker.SettingException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may work here. An open pool takes every node; a trusted one those whose key stands in its workers file, and none
 * without a key. Thread-safe: whoever asks sees one whole list, the present one.
 */
public final class Pool {
    private static final Logger LOG = LoggerFactory.getLogger(Pool.class);

    private final @Nullable Path file;

    /** Null in an open pool. */
    private volatile @Nullable WorkerList list;

    private Pool(@Nullable Path file, @Nullable WorkerList list) {
        this.file = file;
        this.list = list;
    }

    /** One that takes every node. */
    public static Pool open() {
        return new Pool(null, null);
    }

    /**
     * One that takes the workers of a file only, or an open one where there is no file.
     *
     * @throws SettingException if the file cannot be taken; its message names the entry and the field
     */
    public static Pool of(Optional<Path> workersFile) {
        if (workersFile.isEmpty()) {
            return open();
        }
        try {
            Pool pool = new Pool(workersFile.get(), WorkerList.read(workersFile.get()));
            pool.workers().forEach(worker -> LOG.info("Trusted worker added: {}", worker));
            return pool;
        } catch (WorkerListException wrong) {
            throw new SettingException("workers", String.valueOf(wrong.getMessage()));
        }
    }

    public boolean isTrusted() {
        return file != null;
    }

    /** The file of a trusted pool. */
    Optional<Path> file() {
        return Optional.ofNullable(file);
    }

    /** Whether a node with this key may work here; null for one without a key. */
    public boolean admits(@Nullable String workerId) {
        WorkerList now = list;
        return now == null || (workerId != null && now.workers().containsKey(workerId));
    }

    /** How many jobs the list lets a worker have at once; empty where no list speaks of it. */
    public OptionalInt maxConcurrentJobs(@Nullable String workerId) {
        WorkerList now = list;
        PoolWorker worker =
                now == null || workerId == null ? null : now.workers().get(workerId);
        return worker == null ? OptionalInt.empty() : OptionalInt.of(worker.maxConcurrentJobs());
    }

    /** The workers of the list, in its order; none in an open pool. */
    public Collection<PoolWorker> workers() {
        WorkerList now = list;
        return now == null ? List.of() : now.workers().values();
    }

    /**
     * Reads the file again and takes what it says now. A file that cannot be taken changes nothing.
     *
     * @return the keys that are no longer on the list; empty altogether if the file says what it said before
     */
    Optional<Set<String>> reread() throws WorkerListException {
        WorkerList before = list;
        if (file == null || before == null) {
            return Optional.empty();
        }
        WorkerList now = WorkerList.read(file);
        if (now.isSameAs(before)) {
            return Optional.empty();
        }
        list = now;
        tell(before.workers(), now.workers());
        Set<String> removed = new TreeSet<>(before.workers().keySet());
        removed.removeAll(now.workers().keySet());
        return Optional.of(removed);
    }

    private static void tell(Map<String, PoolWorker> before, Map<String, PoolWorker> now) {
        Map<String, PoolWorker> gone = new LinkedHashMap<>(before);
        gone.keySet().removeAll(now.keySet());
        gone.values().forEach(worker -> LOG.info("Trusted worker removed: {}", worker));
        now.forEach((workerId, worker) -> {
            PoolWorker known = before.get(workerId);
            if (known == null) {
                LOG.info("Trusted worker added: {}", worker);
            } else if (!known.equals(worker)) {
                LOG.info("Trusted worker changed: {}", worker);
            }
        });
    }
}
