package io.sandrun.broker.store;

import io.sandrun.broker.store.JobTable.NewJob;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Verbs on results that are given to later jobs. */
public final class CacheTable {
    private final Handle handle;

    CacheTable(Handle handle) {
        this.handle = handle;
    }

    /** The number of the newest job that ended well under this key after the given time. */
    public Optional<Long> find(String cacheKey, long endedAfterMs) {
        return handle.createQuery(Statements.named("cache.find"))
                .bind("cacheKey", cacheKey)
                .bind("endedAfterMs", endedAfterMs)
                .mapTo(Long.class)
                .findOne();
    }

    /** Writes a job that has the result of an earlier one; empty if that one does not fit (any more). */
    public Optional<JobRow> insert(NewJob job, long classId, long sourceSeq, long endedAfterMs) {
        Optional<JobRow> row = handle.createQuery(Statements.named("cache.insert_job"))
                .bind("id", job.id())
                .bind("classId", classId)
                .bind("client", job.client())
                .bind("priority", job.schedule().priority())
                .bind("interpreter", job.interpreter())
                .bind("codeSha256", job.codeSha256())
                .bind("timeoutMs", job.timeoutMs())
                .bind("createdAtMs", job.createdAtMs())
                .bind("sourceSeq", sourceSeq)
                .bind("cacheKey", job.cacheKey())
                .bind("endedAfterMs", endedAfterMs)
                .map(JobTable::row)
                .findOne();
        row.ifPresent(written -> {
            new JobTable(handle).insertSpec(written.seq(), job);
            handle.createUpdate(Statements.named("cache.copy_result"))
                    .bind("seq", written.seq())
                    .bind("sourceSeq", sourceSeq)
                    .execute();
        });
        return row;
    }
}
