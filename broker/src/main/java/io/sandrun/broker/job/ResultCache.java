package io.sandrun.broker.job;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.NewJob;
import io.sandrun.broker.store.Tables;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Gives jobs the results of earlier ones, where both their submitters allow it. Memory has the number of the earlier
 * job for keys that were asked for lately; it is no more than a hint, since the statement that uses it asks the
 * database whether it still fits. Used inside write operations.
 */
public final class ResultCache {
    /** Keys in memory: some MiB. */
    private static final int KEYS_MAX = 20_000;

    private final Clock clock;
    private final Duration resultTtl;
    private final Cache<String, Long> sources = Caffeine.newBuilder()
            .maximumSize(KEYS_MAX)
            // Its upkeep is a few steps: not worth a thread that nobody stops.
            .executor(Runnable::run)
            .build();

    public ResultCache(Clock clock, Duration resultTtl) {
        this.clock = clock;
        this.resultTtl = resultTtl;
    }

    /** Writes the job as one that is completed already, if there is a result for it. */
    Optional<JobRow> serve(Tables tables, NewJob job, long classId) {
        String key = job.cacheKey();
        if (key == null) {
            return Optional.empty();
        }
        long endedAfterMs = clock.millis() - resultTtl.toMillis();
        return Optional.ofNullable(sources.getIfPresent(key))
                .flatMap(source -> tables.cache().insert(job, classId, source, endedAfterMs))
                .or(() -> find(tables, key, endedAfterMs)
                        .flatMap(source -> tables.cache().insert(job, classId, source, endedAfterMs)));
    }

    private Optional<Long> find(Tables tables, String key, long endedAfterMs) {
        Optional<Long> source = tables.cache().find(key, endedAfterMs);
        source.ifPresentOrElse(found -> sources.put(key, found), () -> sources.invalidate(key));
        return source;
    }
}
