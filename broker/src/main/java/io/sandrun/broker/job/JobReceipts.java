package io.sandrun.broker.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.identity.Receipt;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What nodes have signed about the jobs that they ran. Thread-safe. */
public final class JobReceipts {
    private final Store store;

    public JobReceipts(Store store) {
        this.store = store;
    }

    /**
     * The receipt of a job that has its outcome, whole.
     *
     * @throws Refusal if it has none, with the reason
     */
    public ObjectNode of(JobRow job) {
        return store.read(tables -> tables.results().findReceipt(job.seq()))
                .map(Receipt::sealedAgain)
                .orElseThrow(() -> none(job));
    }

    private static Refusal none(JobRow job) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("job_id", job.id());
        String source = job.cachedFrom();
        if (source != null) {
            details.put("cached_from", source);
        }
        return new Refusal(ErrorCode.NO_RECEIPT, "The job has no receipt: " + why(job, source), details);
    }

    private static String why(JobRow job, @Nullable String source) {
        if (source != null) {
            return "it was given the result of job %s and was not run. Ask for that one's.".formatted(source);
        }
        return job.attempt() == 0
                ? "no node ever had it."
                : "the node that had it last signed none, since it has no key, is an older one, or was lost.";
    }
}
