package io.sandrun.broker.store;

import io.sandrun.broker.store.JobTable.NewJob;
import java.util.List;
import java.util.Optional;

/** Verbs on results that are given to later jobs. */
public final class CacheTable {
    private final StoreConnection connection;

    CacheTable(StoreConnection connection) {
        this.connection = connection;
    }

    /** The number of the newest job that ended well under this key after the given time. */
    public Optional<Long> find(String cacheKey, long endedAfterMs) {
        return connection
                .statement("cache.find")
                .bind("cacheKey", cacheKey)
                .bind("endedAfterMs", endedAfterMs)
                .first(Row::firstWhole);
    }

    /** Writes a job that has the result of an earlier one; empty if that one does not fit (any more). */
    public Optional<JobRow> insert(NewJob job, long classId, long sourceSeq, long endedAfterMs) {
        Optional<JobRow> row = connection
                .statement("cache.insert_job")
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
                .bind("isProject", job.isProject() ? 1 : 0)
                .first(JobTable::row);
        row.ifPresent(written -> {
            new JobTable(connection).insertSpec(written.seq(), job);
            copyResult(sourceSeq, written.seq());
        });
        return row;
    }

    /** Gives a job the result of another one, but for who vouches for it. */
    void copyResult(long sourceSeq, long seq) {
        for (String copy : List.of("cache.copy_result", "cache.copy_outputs", "cache.copy_left_out")) {
            connection
                    .statement(copy)
                    .bind("seq", seq)
                    .bind("sourceSeq", sourceSeq)
                    .run();
        }
    }
}
