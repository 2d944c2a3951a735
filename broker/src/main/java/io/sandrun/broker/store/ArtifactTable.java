package io.sandrun.broker.store;

import io.sandrun.protocol.JobFiles;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Verbs on artifacts: what is known of them, and which jobs refer to them. Their bytes are not here. */
public final class ArtifactTable {
    private final StoreConnection connection;

    ArtifactTable(StoreConnection connection) {
        this.connection = connection;
    }

    /** Lets a job begin with these. Whoever writes this holds them. */
    void refer(long jobSeq, List<JobFiles.Input> inputs) {
        int position = 0;
        for (JobFiles.Input input : inputs) {
            insert(input.sha256(), input.sizeBytes());
            connection
                    .statement("artifact.insert_input")
                    .bind("seq", jobSeq)
                    .bind("position", position++)
                    .bind("sha256", input.sha256())
                    .run();
        }
    }

    private void insert(String sha256, long sizeBytes) {
        connection
                .statement("artifact.insert")
                .bind("sha256", sha256)
                .bind("sizeBytes", sizeBytes)
                .run();
    }

    /** The size of an artifact that the job held under this lease begins with. */
    public OptionalLong inputSizeBytes(String leaseId, String sha256) {
        return connection
                .statement("artifact.input_of_lease")
                .bind("leaseId", leaseId)
                .bind("sha256", sha256)
                .first(Row::firstWhole)
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }

    /** The node that holds a lease; empty if nobody does (any more). */
    public Optional<String> holder(String leaseId) {
        return connection
                .statement("artifact.node_of_lease")
                .bind("leaseId", leaseId)
                .first(Row::firstText);
    }

    /**
     * What was brought under a lease so far.
     *
     * @param hasFile whether the one that was asked for is among it
     */
    public record Uploads(long files, long bytes, boolean hasFile) {}

    /** Empty if the lease is not held (any more). */
    public Optional<Uploads> uploads(String leaseId, String sha256) {
        return connection
                .statement("artifact.uploads_of_lease")
                .bind("leaseId", leaseId)
                .bind("sha256", sha256)
                .first(row -> new Uploads(row.whole("files"), row.whole("bytes"), row.flag("has_file")));
    }

    /** Notes what was brought under a lease, which is held. Whoever writes this holds the artifact. */
    public void upload(String leaseId, String sha256, long sizeBytes) {
        insert(sha256, sizeBytes);
        connection
                .statement("artifact.insert_upload")
                .bind("leaseId", leaseId)
                .bind("sha256", sha256)
                .run();
    }

    /** Whether anything has referred to it since it was last deleted. */
    public boolean isKnown(String sha256) {
        return connection.statement("artifact.count").bind("sha256", sha256).one(Row::firstWhole) == 1;
    }

    /** Artifacts to which nothing refers, in the order of their digests, from the one after the given one on. */
    public List<String> unreferenced(String after, int limit) {
        return connection
                .statement("artifact.unreferenced")
                .bind("after", after)
                .bind("limit", limit)
                .list(Row::firstText);
    }

    /** Forgets an artifact if nothing refers to it; answers whether it did. */
    public boolean deleteUnreferenced(String sha256) {
        return connection
                        .statement("artifact.delete_unreferenced")
                        .bind("sha256", sha256)
                        .run()
                == 1;
    }

    /** Something that was brought under a lease. */
    public record Upload(String leaseId, String sha256) {
        /** Stands before all others. */
        public static final Upload NONE = new Upload("", "");
    }

    /** What was brought under leases that have ended, in some order, from behind the given one on. */
    public List<Upload> endedUploads(Upload after, int limit) {
        return connection
                .statement("artifact.ended_uploads")
                .bind("afterLeaseId", after.leaseId)
                .bind("afterSha256", after.sha256)
                .bind("limit", limit)
                .list(row -> new Upload(row.text("lease_id"), row.text("sha256")));
    }

    /** Gives up something that was brought under a lease that has ended. */
    public void delete(Upload upload) {
        connection
                .statement("artifact.delete_upload")
                .bind("leaseId", upload.leaseId)
                .bind("sha256", upload.sha256)
                .run();
    }
}
