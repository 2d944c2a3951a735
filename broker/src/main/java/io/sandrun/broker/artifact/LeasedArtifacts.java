package io.sandrun.broker.artifact;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.store.ArtifactTable.Uploads;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.store.Tables;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.io.InputStream;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What a node may do with artifacts under a lease: fetch what the job begins with, and bring what it leaves.
 * Thread-safe.
 */
public final class LeasedArtifacts {
    private final Store store;
    private final ArtifactStore artifacts;

    public LeasedArtifacts(Store store, ArtifactStore artifacts) {
        this.store = store;
        this.artifacts = artifacts;
    }

    /**
     * The node that holds this lease.
     *
     * @throws Refusal if the lease is not held (any more)
     */
    public String holder(String leaseId) {
        return store.read(tables -> tables.artifacts().holder(leaseId)).orElseThrow(() -> stale(leaseId));
    }

    /**
     * An artifact that the job of this lease begins with.
     *
     * @throws Refusal if the lease is not held (any more), or the job does not begin with it
     */
    public Artifact input(String leaseId, String sha256) {
        OptionalLong sizeBytes = store.read(tables -> {
            require(tables, leaseId, sha256);
            return tables.artifacts().inputSizeBytes(leaseId, sha256);
        });
        if (sizeBytes.isEmpty()) {
            throw new Refusal(
                    ErrorCode.UNKNOWN_FILE,
                    "The job of this lease does not begin with such a file.",
                    Map.of("sha256", sha256));
        }
        return new Artifact(sha256, sizeBytes.getAsLong());
    }

    /**
     * Takes a file that is to be named in the report under this lease. Blocks while it comes.
     *
     * @param announcedBytes how long the caller says that it is, or -1
     * @param body opened when there is nothing against taking it, so that a caller who waits for that sends nothing in
     *     vain
     * @return after the commit; fails with a {@link Refusal} if the lease was taken away meanwhile
     * @throws Refusal if the lease is not held (any more), if it is more than a job may leave, if the bytes are not the
     *     ones that are named, or if they cannot be taken
     */
    public CompletableFuture<Artifact> receive(
            String leaseId, String sha256, long announcedBytes, Supplier<InputStream> body) {
        if (!Artifact.isDigest(sha256)) {
            throw Refusal.invalidField("sha256", "64 lower-case hexadecimal digits");
        }
        Uploads before = store.read(tables -> require(tables, leaseId, sha256));
        long bytesMax = bytesLeft(before);
        requireRoom(announcedBytes, bytesMax);
        Hold hold = artifacts.hold();
        try (Incoming incoming = hold.receive(bytesMax)) {
            incoming.copy(body.get());
            Artifact artifact = incoming.keep(sha256);
            return store.write(tables -> note(tables, leaseId, artifact))
                    .whenComplete((noted, failure) -> hold.close());
        } catch (RuntimeException failed) {
            hold.close();
            throw failed;
        }
    }

    private static Artifact note(Tables tables, String leaseId, Artifact artifact) {
        // Once more: others may have come meanwhile, and the lease may have gone.
        Uploads before = require(tables, leaseId, artifact.sha256());
        requireRoom(artifact.sizeBytes(), bytesLeft(before));
        tables.artifacts().upload(leaseId, artifact.sha256(), artifact.sizeBytes());
        return artifact;
    }

    private static void requireRoom(long sizeBytes, long bytesMax) {
        if (sizeBytes > bytesMax) {
            throw new Refusal(
                    ErrorCode.BODY_TOO_LARGE,
                    "The files of a job may have " + Limits.OUTPUT_FILES_BYTES + " bytes in all; this one finds "
                            + bytesMax + " left.",
                    Map.of("limit_bytes", bytesMax));
        }
    }

    /** How large one more file may be. One that comes again, since its answer was lost, takes no more room. */
    private static long bytesLeft(Uploads before) {
        if (before.hasFile()) {
            return Limits.OUTPUT_FILE_BYTES;
        }
        if (before.files() >= Limits.OUTPUT_FILES) {
            throw new Refusal(
                    ErrorCode.BODY_TOO_LARGE,
                    "A job may leave " + Limits.OUTPUT_FILES + " files.",
                    Map.of("limit_files", Limits.OUTPUT_FILES));
        }
        return Math.min(Limits.OUTPUT_FILE_BYTES, Limits.OUTPUT_FILES_BYTES - before.bytes());
    }

    private static Uploads require(Tables tables, String leaseId, String sha256) {
        return tables.artifacts().uploads(leaseId, sha256).orElseThrow(() -> stale(leaseId));
    }

    private static Refusal stale(String leaseId) {
        return new Refusal(
                ErrorCode.STALE_LEASE,
                "This lease is not held (any more): nothing is given or taken under it.",
                Map.of("lease_id", leaseId));
    }
}
