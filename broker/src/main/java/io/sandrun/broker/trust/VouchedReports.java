package io.sandrun.broker.trust;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.job.AttemptEnd;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.store.ResultRow.Voucher;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.identity.SignedResult;
import io.sandrun.protocol.identity.WorkerKey;
import java.util.Map;

/** Takes reports of nodes that have a key only with the node's signature on what they say. */
public final class VouchedReports {
    private VouchedReports() {}

    /**
     * A report, checked.
     *
     * @param node that reports; one without a key vouches for nothing
     * @throws Refusal if a node may not report this, or its signature is absent or does not fit
     */
    public static AttemptEnd end(Node node, Complete report) {
        AttemptEnd end = AttemptEnd.of(report);
        String workerId = node.workerId();
        if (workerId == null) {
            return end;
        }
        SignedResult result = SignedResult.of(report);
        String signature = report.signature();
        if (signature == null || !isSignedBy(workerId, result, signature)) {
            throw new Refusal(
                    ErrorCode.RESULT_SIGNATURE_INVALID,
                    signature == null
                            ? "This node has a key, so that its report must carry its \"signature\" on the result."
                            : "The \"signature\" of the report is not that of this node's key on what it reports.",
                    Map.of("field", "signature", "job_id", report.jobId(), "output_hash", result.outputHash()));
        }
        return end.vouchedBy(new Voucher(workerId, signature, result.outputHash()));
    }

    private static boolean isSignedBy(String workerId, SignedResult result, String signature) {
        return WorkerKey.of(workerId)
                .filter(key -> key.hasSigned(result.message(), signature))
                .isPresent();
    }
}
