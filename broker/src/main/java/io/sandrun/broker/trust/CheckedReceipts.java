package io.sandrun.broker.trust;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.job.HandedJob;
import io.sandrun.broker.store.Lease;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.identity.AttemptAccount;
import io.sandrun.protocol.identity.AttemptAccount.Task;
import io.sandrun.protocol.identity.Receipt;
import io.sandrun.protocol.identity.SignedResult;
import io.sandrun.protocol.identity.WorkerKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes a receipt only if it says what this broker knows, and what the report says that it comes with. Thread-safe.
 */
final class CheckedReceipts {
    /** Memory for jobs that are under way, bytes: thousands of ordinary ones, or a few of the largest. */
    private static final long HANDED_BYTES = 16L * 1024 * 1024;

    /** What one costs beside its texts, bytes; a rough count. */
    private static final int OVERHEAD_BYTES = 1024;

    /** What each text costs beside its characters, and where it is kept, bytes. */
    private static final int TEXT_OVERHEAD_BYTES = 64;

    private static final int BYTES_PER_CHARACTER = 2;

    private final Store store;

    /** Spares most reports a look into the store. Whether the lease is held still is seen when the end is written. */
    private final Cache<Lease, ClaimedJob> handed = Caffeine.newBuilder()
            .maximumWeight(HANDED_BYTES)
            .weigher((Lease lease, ClaimedJob job) -> weight(job))
            // Its upkeep is a few steps: not worth a thread that nobody stops.
            .executor(Runnable::run)
            .build();

    CheckedReceipts(Store store) {
        this.store = store;
    }

    /** About as many bytes as it takes; whoever submits jobs may fill any of these. */
    static int weight(ClaimedJob job) {
        long bytes = OVERHEAD_BYTES * (1L + job.files().inputs().size())
                + textBytes(job.args())
                + textBytes(job.env().keySet())
                + textBytes(job.env().values())
                + textBytes(job.files().outputs())
                + textBytes(List.of(job.code(), job.stdin()));
        return (int) bytes;
    }

    private static long textBytes(Collection<String> texts) {
        long bytes = 0;
        for (String text : texts) {
            bytes += TEXT_OVERHEAD_BYTES + (long) BYTES_PER_CHARACTER * text.length();
        }
        return bytes;
    }

    /** Keeps in mind what a node is given, until it reports. */
    void handing(Lease lease, ClaimedJob job) {
        handed.put(lease, job);
    }

    private Optional<ClaimedJob> handed(Lease lease) {
        Optional<ClaimedJob> known = Optional.ofNullable(handed.asMap().remove(lease));
        return known.isPresent()
                ? known
                : store.read(tables -> tables.jobs().held(lease)).map(held -> HandedJob.of(lease, held));
    }

    /**
     * The receipt of a report, as it is kept; null for a report without, and under a lease of which nothing is known:
     * such a report changes nothing.
     *
     * @param key of the node that reports
     * @param result that of the report
     * @throws Refusal if the receipt says anything else than is so, naming what, or its signature does not fit
     */
    @Nullable
    String of(WorkerKey key, Complete report, SignedResult result) {
        AttemptAccount account = report.receipt();
        if (account == null) {
            return null;
        }
        if (report.attempt() == null || report.leaseId() == null) {
            throw Refusal.missingField("attempt", "there, like lease_id, in a report with a receipt");
        }
        Lease lease = new Lease(report.jobId(), report.nodeId(), report.leaseId());
        return handed(lease)
                .map(job -> checked(key, job, account, report, result))
                .orElse(null);
    }

    private static String checked(
            WorkerKey key, ClaimedJob job, AttemptAccount account, Complete report, SignedResult result) {
        Task given = Task.of(job);
        List<String> wrong = new ArrayList<>();
        if (!given.equals(account.task())) {
            wrong.addAll(given.differences(account.task()));
        }
        Receipt receipt = Receipt.of(key.workerId(), account, report, result);
        if (!isEnvironment(receipt.fields().path("environment"), job.environment())) {
            wrong.add("environment");
        }
        wrong.addAll(wrongDigests(receipt.fields()));
        if (!wrong.isEmpty()) {
            throw refused(report, "says something else than the job and the report do", wrong);
        }
        String signature = Optional.ofNullable(account.signature()).orElse("");
        if (!receipt.isSignedBy(key, signature)) {
            throw refused(report, "is not signed by this node's key as it stands", List.of("signature"));
        }
        return receipt.kept(signature);
    }

    /** An attempt that ended early entered none. */
    private static boolean isEnvironment(JsonNode said, @Nullable String wanted) {
        return said.isNull() || (wanted != null && said.asText().startsWith(wanted + "@"));
    }

    /** Of a stream that was kept whole, the whole has the digest of what was kept. */
    private static List<String> wrongDigests(JsonNode receipt) {
        List<String> wrong = new ArrayList<>();
        for (String stream : List.of("stdout", "stderr")) {
            JsonNode kept = receipt.path(stream);
            boolean isWhole = kept.path("printed_bytes").asLong()
                    == kept.path("kept_bytes").asLong();
            if (isWhole && !kept.path("kept_sha256").equals(receipt.path(stream + "_sha256"))) {
                wrong.add(stream + "_sha256");
            }
        }
        return wrong;
    }

    private static Refusal refused(Complete report, String why, List<String> fields) {
        return new Refusal(
                ErrorCode.RESULT_SIGNATURE_INVALID,
                "The receipt %s: %s.".formatted(why, String.join(", ", fields)),
                Map.of("field", "receipt", "differs", fields, "job_id", report.jobId()));
    }
}
