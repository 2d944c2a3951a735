package io.sandrun.broker.trust;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes a receipt only if it says what this broker knows, and what the report says that it comes with. Thread-safe.
 */
final class CheckedReceipts {
    private final Store store;
    private final HandedJobs handed;

    CheckedReceipts(Store store, HandedJobs handed) {
        this.store = store;
        this.handed = handed;
    }

    private Optional<ClaimedJob> handed(Lease lease) {
        return handed.under(lease)
                .or(() -> store.read(tables -> tables.jobs().held(lease)).map(held -> HandedJob.of(lease, held)));
    }

    /**
     * The receipt of a report, as it is kept; null for a report without, and under a lease that is not held: such a
     * report changes nothing.
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
