package io.sandrun.broker.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.CompletableFuture;

/** Waits for the end of a job, not longer than a call may take, and says meanwhile how it goes. For one call. */
final class JobWait {
    private final ToolCall call;
    private final String jobId;
    private final double seconds;
    private final long begun = System.nanoTime();

    JobWait(ToolCall call, String jobId) {
        this.call = call;
        this.jobId = jobId;
        this.seconds = Math.min(call.waitSeconds(), ToolLimits.WAIT_SECONDS_MAX);
    }

    /** The status in which the job is when it has ended or the time is up; early when nobody wants it any more. */
    CompletableFuture<JsonNode> status() {
        double elapsed = elapsed();
        double step = Math.max(0, Math.min(ToolLimits.PROGRESS_SECONDS, seconds - elapsed));
        return call.workbench().status(jobId, step).thenCompose(status -> {
            call.open().quota().saw(jobId, JobPage.state(status));
            boolean isOver = elapsed() >= seconds || call.open().isEnded();
            if (JobPage.state(status).isFinal() || isOver) {
                return CompletableFuture.completedFuture(status);
            }
            call.progress().at(elapsed(), seconds, JobPage.inShort(status));
            return status();
        });
    }

    private double elapsed() {
        return (System.nanoTime() - begun) / 1e9;
    }
}
