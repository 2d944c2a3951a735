package io.sandrun.broker.http;

import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.job.AttemptEnd;
import io.sandrun.broker.log.LogDesk;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRequests;
import io.sandrun.broker.node.NodeRequests.Batch;
import io.sandrun.broker.trust.VouchedReports;
import io.sandrun.protocol.NodeMessages.BatchAnswer;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.NodeMessages.ReportAnswer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The reports of one request and what became of each. For one request. */
final class ReportBatch {
    private static final int ID_BYTES = 128;

    private final List<AttemptEnd> readable = new ArrayList<>();

    /** In the order of the reports; null where the store has the last word. */
    private final List<@Nullable ReportAnswer> refused = new ArrayList<>();

    ReportBatch(Node node, Batch batch, LogDesk logs, VouchedReports vouched) {
        batch.reports().forEach(report -> read(node, report, logs, vouched));
    }

    private void read(Node node, JsonFields fields, LogDesk logs, VouchedReports vouched) {
        try {
            Complete report = NodeRequests.complete(node.id(), fields);
            logs.requireWhole(report);
            readable.add(vouched.end(node, report));
            refused.add(null);
        } catch (Refusal unreadable) {
            refused.add(ReportAnswer.refused(jobId(fields), unreadable.body()));
        }
    }

    private static @Nullable String jobId(JsonFields report) {
        try {
            return report.text("job_id", ID_BYTES).orElse(null);
        } catch (Refusal nameless) {
            return null;
        }
    }

    List<AttemptEnd> readable() {
        return readable;
    }

    /** @param recorded what the store said to each of {@link #readable()}; all of them done */
    BatchAnswer answer(List<CompletableFuture<Void>> recorded) {
        Iterator<AttemptEnd> reports = readable.iterator();
        Iterator<CompletableFuture<Void>> outcomes = recorded.iterator();
        return BatchAnswer.of(refused.stream()
                .map(refusal -> refusal != null ? refusal : answer(reports.next(), outcomes.next()))
                .toList());
    }

    private static ReportAnswer answer(AttemptEnd report, CompletableFuture<Void> outcome) {
        return outcome.handle((done, failure) -> failure == null
                        ? ReportAnswer.recorded(report.jobId())
                        : ReportAnswer.refused(report.jobId(), Errors.body(failure)))
                .join();
    }
}
