package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.artifact.ArtifactStore;
import io.sandrun.broker.artifact.Hold;
import io.sandrun.broker.job.JobDetails;
import io.sandrun.broker.job.JobRequest;
import io.sandrun.broker.job.JobStatuses;
import io.sandrun.broker.store.JobRow;
import io.sandrun.protocol.JobFiles;
import java.util.concurrent.CompletableFuture;

/** What clients call to see what was asked for with a job, and to ask for the same again. */
final class DetailEndpoints {
    private final JobStatuses statuses;
    private final JobDetails details;
    private final SubmitEndpoints submits;
    private final ArtifactStore artifacts;

    DetailEndpoints(JobStatuses statuses, JobDetails details, SubmitEndpoints submits, ArtifactStore artifacts) {
        this.statuses = statuses;
        this.details = details;
        this.submits = submits;
        this.artifacts = artifacts;
    }

    CompletableFuture<Answer> job(Context request) {
        JobRow job = statuses.requireShown(request.pathParam("id"));
        return CompletableFuture.completedFuture(Answer.ok(details.of(job)));
    }

    /** The files are still there as long as the job is remembered; one that went meanwhile is refused by name. */
    CompletableFuture<Answer> rerun(Context request) {
        JobRequest again = details.again(statuses.require(request.pathParam("id")));
        return submits.submitAgain(request, again, () -> filesOf(again));
    }

    private Hold filesOf(JobRequest job) {
        Hold files = artifacts.hold();
        job.spec().files().inputs().stream().map(JobFiles.Input::sha256).forEach(files::take);
        return files;
    }
}
