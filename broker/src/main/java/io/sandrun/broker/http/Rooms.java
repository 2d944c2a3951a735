package io.sandrun.broker.http;

import io.sandrun.broker.access.AccessGate;
import io.sandrun.broker.access.Keys;
import io.sandrun.broker.access.OpenCalls;
import io.sandrun.broker.access.Quotas;
import io.sandrun.broker.artifact.ArtifactStore;
import io.sandrun.broker.audit.AuditLog;
import io.sandrun.broker.claim.ClaimDesk;
import io.sandrun.broker.claim.Heartbeats;
import io.sandrun.broker.claim.Membership;
import io.sandrun.broker.claim.Presence;
import io.sandrun.broker.environment.EnvironmentCatalog;
import io.sandrun.broker.feed.Feed;
import io.sandrun.broker.job.JobIntake;
import io.sandrun.broker.job.JobLifecycle;
import io.sandrun.broker.job.JobList;
import io.sandrun.broker.job.JobResults;
import io.sandrun.broker.job.JobStatuses;
import io.sandrun.broker.job.JobSubmission;
import io.sandrun.broker.job.QueueCounts;
import io.sandrun.broker.job.Waiters;
import io.sandrun.broker.log.LogDesk;
import io.sandrun.broker.log.LogWatchers;
import io.sandrun.broker.metrics.Metrics;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.pool.Pool;
import io.sandrun.broker.project.ProjectIntake;
import io.sandrun.broker.store.Readiness;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.trust.HandedJobs;
import io.sandrun.broker.trust.NodeGate;
import io.sandrun.broker.verify.Standings;
import java.util.concurrent.Executor;

/**
 * The rooms behind the HTTP edge, by what they are about.
 *
 * @param blocking runs what follows a commit and may block: reads of the store
 */
public record Rooms(
        Store store,
        Access access,
        Jobs jobs,
        Nodes nodes,
        Files files,
        Logs logs,
        Feed feed,
        Watch watch,
        Executor blocking) {

    /** Who may do what. */
    public record Access(Keys keys, AccessGate gate, OpenCalls calls, Quotas quotas, AuditLog audit) {}

    /** How jobs come in, go on, and are told of. */
    public record Jobs(
            JobSubmission submission,
            ProjectIntake projects,
            JobIntake intake,
            JobLifecycle lifecycle,
            JobStatuses statuses,
            JobList list,
            JobResults results,
            QueueCounts counts,
            Waiters waiters) {}

    /** How nodes come, stay and get work. */
    public record Nodes(
            Pool pool,
            NodeRegistry registry,
            NodeGate gate,
            HandedJobs handed,
            Membership membership,
            Heartbeats heartbeats,
            Presence presence,
            ClaimDesk desk,
            Standings standings,
            EnvironmentCatalog environments) {}

    /** What jobs start with and leave. */
    public record Files(ArtifactStore artifacts) {}

    /** What tells how the broker is. */
    public record Watch(Metrics metrics, Readiness readiness) {}

    /** What jobs print. */
    public record Logs(LogDesk desk, LogWatchers watchers) {}
}
