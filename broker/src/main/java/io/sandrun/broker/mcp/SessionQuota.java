package io.sandrun.broker.mcp;

import io.sandrun.protocol.JobState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What one session may have at once, beside the quota of its caller: so many calls, and so many jobs that have not
 * ended. Thread-safe.
 */
final class SessionQuota {
    private final Set<String> openJobs = new LinkedHashSet<>();
    private int calls;
    private int starting;

    /** @throws ToolFailure if there are too many */
    synchronized void enter() {
        if (calls >= ToolLimits.CALLS) {
            throw new ToolFailure(
                    "too_many_calls",
                    "This session has " + ToolLimits.CALLS + " calls on their way already.",
                    "Wait for the answer of one of them.");
        }
        calls++;
    }

    synchronized void leave() {
        calls--;
    }

    /**
     * Takes a place for a job, for which it may look which of the others have ended. The place is given back by {@link
     * #started} or {@link #notStarted}.
     */
    CompletableFuture<Void> takePlace(Workbench workbench) {
        return tryTake() ? CompletableFuture.completedFuture(null) : takeAfterLook(workbench);
    }

    private CompletableFuture<Void> takeAfterLook(Workbench workbench) {
        List<CompletableFuture<?>> looks = new ArrayList<>();
        for (String jobId : openJobs()) {
            looks.add(workbench.status(jobId, 0).handle((status, forgotten) -> {
                if (forgotten != null || JobPage.state(status).isFinal()) {
                    ended(jobId);
                }
                return null;
            }));
        }
        return CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new)).thenRun(() -> {
            if (!tryTake()) {
                throw new ToolFailure(
                        "too_many_open_jobs",
                        "This session has " + ToolLimits.OPEN_JOBS + " jobs that have not ended: "
                                + String.join(", ", openJobs()) + ".",
                        "Wait for one of them with check_job_status, or end it with cancel_job.");
            }
        });
    }

    private synchronized boolean tryTake() {
        boolean hasRoom = openJobs.size() + starting < ToolLimits.OPEN_JOBS;
        starting += hasRoom ? 1 : 0;
        return hasRoom;
    }

    synchronized void started(String jobId) {
        starting--;
        openJobs.add(jobId);
    }

    synchronized void notStarted() {
        starting--;
    }

    synchronized void ended(String jobId) {
        openJobs.remove(jobId);
    }

    /** Notes what a status says. */
    void saw(String jobId, JobState state) {
        if (state.isFinal()) {
            ended(jobId);
        }
    }

    private synchronized List<String> openJobs() {
        return List.copyOf(openJobs);
    }
}
