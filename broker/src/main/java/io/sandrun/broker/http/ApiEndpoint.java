package io.sandrun.broker.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import io.sandrun.broker.access.Quotas;
import io.sandrun.broker.artifact.Artifact;
import io.sandrun.broker.environment.EnvironmentCatalog;
import io.sandrun.broker.http.openapi.ApiDocument;
import io.sandrun.broker.http.openapi.ApiRoute;
import io.sandrun.broker.job.JobDetails;
import io.sandrun.broker.job.JobList;
import io.sandrun.broker.job.JobStatus;
import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.NodeMessages;
import io.sandrun.protocol.log.LogAnswers;
import io.sandrun.protocol.log.LogPage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Tells programs which routes there are and what they say. */
final class ApiEndpoint {
    /** The records in it, by the names under which the descriptions have them. */
    private static final Map<String, Class<?>> RECORDS = Map.ofEntries(
            Map.entry("JobStatus", JobStatus.class),
            Map.entry("JobResult", JobResult.class),
            Map.entry("JobPage", JobList.Page.class),
            Map.entry("JobDetails", JobDetails.Page.class),
            Map.entry("LogPage", LogPage.class),
            Map.entry("LogAnswers", LogAnswers.class),
            Map.entry("Pool", PoolEndpoints.Page.class),
            Map.entry("Environments", EnvironmentCatalog.Page.class),
            Map.entry("Capabilities", Capabilities.class),
            Map.entry("QuotaStanding", Quotas.Standing.class),
            Map.entry("Artifact", Artifact.class),
            Map.entry("Register", NodeMessages.Register.class),
            Map.entry("Registered", NodeMessages.Registered.class),
            Map.entry("Renew", NodeMessages.Renew.class),
            Map.entry("Heartbeat", NodeMessages.Heartbeat.class),
            Map.entry("HeartbeatAnswer", NodeMessages.HeartbeatAnswer.class),
            Map.entry("Claim", NodeMessages.Claim.class),
            Map.entry("Claimed", NodeMessages.Claimed.class),
            Map.entry("Complete", NodeMessages.Complete.class),
            Map.entry("CompleteAnswer", NodeMessages.CompleteAnswer.class),
            Map.entry("BatchAnswer", NodeMessages.BatchAnswer.class),
            Map.entry("Release", NodeMessages.Release.class),
            Map.entry("Released", NodeMessages.Released.class));

    private final Answer document;

    ApiEndpoint(List<ApiRoute> routes) {
        JsonNode made = ApiDocument.of(routes, RECORDS, ServiceEndpoints.version());
        this.document = Answer.ok(made);
    }

    CompletableFuture<Answer> document(Context request) {
        return CompletableFuture.completedFuture(document);
    }
}
