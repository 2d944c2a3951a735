package io.sandrun.node.artifact;

import io.sandrun.protocol.ArtifactClient;
import io.sandrun.protocol.ArtifactTransfer;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.OutputReport;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the outputs of attempts to the broker, each digest once. What was brought is remembered and stays on the disk
 * until the report was taken: a broker that has lost it meanwhile gets it again. Thread-safe for different leases.
 */
public final class OutputUploads {
    private static final Logger log = LoggerFactory.getLogger(OutputUploads.class);

    /** A broker that still refuses a report whose outputs it got so often anew does not miss them. */
    private static final int AGAIN_MAX = 3;

    private final OutputStore store;
    private final ArtifactClient client;
    private final Map<String, Set<String>> uploaded = new ConcurrentHashMap<>();
    private final Map<String, Integer> broughtAgain = new ConcurrentHashMap<>();

    public OutputUploads(OutputStore store, ArtifactClient client) {
        this.store = store;
        this.client = client;
    }

    /** How one waits for a transfer. */
    interface Wait {
        void until(ArtifactTransfer transfer, Duration atMost) throws IOException;
    }

    /**
     * Brings the outputs of a report that waits in the outbox.
     *
     * @return why that will never work; empty when the report can be sent
     * @throws IOException if it did not work now
     */
    public Optional<String> deliver(String leaseId, OutputReport outputs) throws IOException {
        try {
            upload(leaseId, outputs, ArtifactTransfer::await);
            return Optional.empty();
        } catch (BrokerException answered) {
            if (answered.is(ErrorCode.STALE_LEASE)) {
                // So will the report be, which then is dropped.
                return Optional.empty();
            }
            // The report, or a heartbeat, opens another session.
            boolean isLater = answered.isRetryable() || answered.is(ErrorCode.SESSION_EXPIRED);
            if (isLater && areIntact(leaseId, outputs)) {
                throw answered;
            }
            return Optional.of("The broker refused an output of the job: " + answered.getMessage());
        } catch (FileNotFoundException gone) {
            return Optional.of("An output of the job was lost on the node's disk.");
        }
    }

    /** Brings what was not brought yet. */
    void upload(String leaseId, OutputReport outputs, Wait wait) throws IOException {
        if (outputs.files().isEmpty()) {
            return;
        }
        long endNanos = System.nanoTime()
                + Duration.ofSeconds(Limits.TRANSFER_SECONDS_MAX).toNanos();
        Set<String> done = uploaded.computeIfAbsent(leaseId, lease -> ConcurrentHashMap.newKeySet());
        for (OutputReport.File file : outputs.files()) {
            if (!done.contains(file.sha256())) {
                ArtifactTransfer transfer = client.put(file.sha256(), leaseId, store.file(leaseId, file.sha256()));
                wait.until(transfer, Duration.ofNanos(endNanos - System.nanoTime()));
                done.add(file.sha256());
            }
        }
    }

    /** Whether bringing everything once more may make the broker take a report that it has refused. */
    public boolean bringAgain(String leaseId) {
        Set<String> brought = uploaded.remove(leaseId);
        return brought != null && !brought.isEmpty() && broughtAgain.merge(leaseId, 1, Integer::sum) <= AGAIN_MAX;
    }

    /** Makes sure that what a kept report names outlives a crash of this machine. */
    public void keep(String leaseId) throws IOException {
        store.force(leaseId);
    }

    /** The report was taken, or nobody wants it any more. */
    public void discard(String leaseId) {
        uploaded.remove(leaseId);
        broughtAgain.remove(leaseId);
        try {
            store.discard(leaseId);
        } catch (IOException kept) {
            log.warn("Outputs of lease {} stay until the next start: {}", leaseId, kept.getMessage());
        }
    }

    private boolean areIntact(String leaseId, OutputReport outputs) throws IOException {
        for (OutputReport.File file : outputs.files()) {
            if (!ArtifactDigest.of(store.file(leaseId, file.sha256())).equals(file.sha256())) {
                return false;
            }
        }
        return true;
    }
}
