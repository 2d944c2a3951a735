package io.sandrun.broker.trust;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.job.AttemptEnd;
import io.sandrun.broker.job.JobLifecycle.Assigned;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.store.ResultRow.Voucher;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.identity.SignedResult;
import io.sandrun.protocol.identity.WorkerKey;
import java.util.Map;
import java.util.Optional;

/** Takes reports of nodes that have a key only with the node's signature on what they say. Thread-safe. */
public final class VouchedReports {
    private final HandedJobs handed;
    private final CheckedReceipts receipts;

    public VouchedReports(Store store, HandedJobs handed) {
        this.handed = handed;
        this.receipts = new CheckedReceipts(store, handed);
    }

    /** What a claim hands out, kept in mind for the report on it. */
    public ClaimedJob handing(Assigned assigned) {
        return handed.handing(assigned);
    }

    /**
     * A report, checked.
     *
     * @param node that reports; one without a key vouches for nothing
     * @throws Refusal if a node may not report this, or a signature is absent or does not fit
     */
    public AttemptEnd end(Node node, Complete report) {
        AttemptEnd end = AttemptEnd.of(report);
        if (node.workerId() == null) {
            return end;
        }
        SignedResult result = SignedResult.of(report);
        String signature = report.signature();
        Optional<WorkerKey> key = node.key();
        if (signature == null || key.isEmpty() || !key.get().hasSigned(result.message(), signature)) {
            throw new Refusal(
                    ErrorCode.RESULT_SIGNATURE_INVALID,
                    signature == null
                            ? "This node has a key, so that its report must carry its \"signature\" on the result."
                            : "The \"signature\" of the report is not that of this node's key on what it reports.",
                    Map.of("field", "signature", "job_id", report.jobId(), "output_hash", result.outputHash()));
        }
        String receipt = receipts.of(key.get(), report, result);
        return end.vouchedBy(new Voucher(key.get().workerId(), signature, result.outputHash(), receipt));
    }
}
