package io.sandrun.broker.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.log.LogStream;
import io.sandrun.protocol.log.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The tools about jobs that are there. Thread-safe. */
final class JobTools {
    private JobTools() {}

    static CompletableFuture<ToolAnswer> status(ToolCall call) {
        return look(call, call.jobId());
    }

    /** Waits for the job as long as the call may, and tells what came of it, or that it goes on. */
    static CompletableFuture<ToolAnswer> look(ToolCall call, String jobId) {
        return new JobWait(call, jobId).status().thenCompose(status -> {
            if (!JobPage.state(status).isFinal()) {
                return CompletableFuture.completedFuture(JobPage.open(status));
            }
            Workbench workbench = call.workbench();
            return workbench.result(jobId).thenCombine(workbench.outputs(jobId), JobPage::ended);
        });
    }

    static CompletableFuture<ToolAnswer> logs(ToolCall call) {
        String jobId = call.jobId();
        String name = call.text("stream", "all");
        @Nullable LogStream stream = LogStream.named(name).orElse(null);
        long offset = call.offset();
        int limit = Math.min(call.maxBytes(), ToolLimits.READ_BYTES_MAX);
        // The state first: what is printed between the two is found by whoever asks again.
        return call.workbench()
                .status(jobId, 0)
                .thenCompose(status -> call.workbench()
                        .log(jobId, stream, offset, limit)
                        .thenApply(bytes -> page(jobId, status, offset, bytes, limit)));
    }

    private static ToolAnswer page(String jobId, JsonNode status, long offset, byte[] bytes, int limit) {
        boolean isFinished = JobPage.state(status).isFinal() && bytes.length < limit;
        int whole = isFinished ? bytes.length : Utf8.wholeLength(bytes, bytes.length);
        long next = offset + whole;
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("job_id", jobId);
        facts.put("state", status.path("state").asText());
        facts.put("offset", offset);
        facts.put("next_offset", next);
        facts.put("finished", isFinished);
        String said = isFinished
                ? "That is the end of the log."
                : "Call get_job_logs with offset %d for what follows; job %s is %s."
                        .formatted(next, jobId, JobPage.inShort(status));
        String printed = new String(bytes, 0, whole, StandardCharsets.UTF_8);
        return ToolAnswer.of(
                "%s%n[%s]".formatted(printed.isEmpty() ? "(nothing)" : printed.stripTrailing(), said), facts);
    }

    static CompletableFuture<ToolAnswer> cancel(ToolCall call) {
        return call.workbench().cancel(call.jobId()).thenApply(answer -> {
            boolean ended = JobPage.state(answer).isFinal();
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("job_id", call.jobId());
            facts.put("state", answer.path("state").asText());
            facts.put("finished", ended);
            return ToolAnswer.of(
                    ended
                            ? "Job %s is cancelled.".formatted(call.jobId())
                            : "Job %s was told to end; check_job_status tells when it has.".formatted(call.jobId()),
                    facts);
        });
    }

    static CompletableFuture<ToolAnswer> environments(ToolCall call) {
        return call.workbench().environments().thenApply(EnvironmentPage::of);
    }
}
