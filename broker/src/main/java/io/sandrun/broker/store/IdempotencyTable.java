package io.sandrun.broker.store;

import java.util.Optional;

/** Verbs on the keys under which clients submitted jobs. */
public final class IdempotencyTable {
    private final StoreConnection connection;

    IdempotencyTable(StoreConnection connection) {
        this.connection = connection;
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
        return connection
                .statement("idempotency.find")
                .bind("client", key.client)
                .bind("key", key.key)
                .bind("position", key.position)
                .first(row -> new Kept(row.text("request_sha256"), row.text("job_id")));
    }

    public void keep(ClientKey key, String requestSha256, long jobSeq) {
        connection
                .statement("idempotency.keep")
                .bind("client", key.client)
                .bind("key", key.key)
                .bind("position", key.position)
                .bind("requestSha256", requestSha256)
                .bind("seq", jobSeq)
                .run();
    }
}
