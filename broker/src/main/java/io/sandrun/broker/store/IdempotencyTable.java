package io.sandrun.broker.store;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Verbs on the keys under which clients submitted jobs. */
public final class IdempotencyTable {
    private final Handle handle;

    IdempotencyTable(Handle handle) {
        this.handle = handle;
    }

    /**
     * What stands for one submitted job.
     *
     * @param client whose key it is: equal keys of different clients have nothing to do with each other
     * @param position of the job in its batch, from 0
     */
    public record ClientKey(String client, String key, int position) {}

    /** @param requestSha256 of the request that brought the key */
    public record Kept(String requestSha256, String jobId) {}

    public Optional<Kept> find(ClientKey key) {
        return handle.createQuery(Statements.named("idempotency.find"))
                .bind("client", key.client)
                .bind("key", key.key)
                .bind("position", key.position)
                .map((row, context) -> new Kept(row.getString("request_sha256"), row.getString("job_id")))
                .findOne();
    }

    public void keep(ClientKey key, String requestSha256, long jobSeq) {
        handle.createUpdate(Statements.named("idempotency.keep"))
                .bind("client", key.client)
                .bind("key", key.key)
                .bind("position", key.position)
                .bind("requestSha256", requestSha256)
                .bind("seq", jobSeq)
                .execute();
    }
}
