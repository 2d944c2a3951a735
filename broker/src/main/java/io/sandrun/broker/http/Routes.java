package io.sandrun.broker.http;

import static io.sandrun.broker.http.Access.ADMIN;
import static io.sandrun.broker.http.Access.JOB_CANCEL;
import static io.sandrun.broker.http.Access.JOB_READ;
import static io.sandrun.broker.http.Access.NODE;
import static io.sandrun.broker.http.Access.OPEN;
import static io.sandrun.broker.http.Access.READ;
import static io.sandrun.broker.http.Access.SUBMIT;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import io.sandrun.broker.artifact.ArtifactStore;
import io.sandrun.broker.artifact.LeasedArtifacts;
import io.sandrun.broker.http.flow.Transfers;
import io.sandrun.broker.http.flow.Transfers.Kind;
import io.sandrun.broker.job.JobDetails;
import io.sandrun.broker.job.JobReceipts;
import io.sandrun.broker.trust.VouchedReports;
import io.sandrun.protocol.Paths;
import org.jspecify.annotations.Nullable;

/** Every route of the broker: verb, path, handler, and who may use it. */
final class Routes {
    private static final String ID = "/{id}";
    private static final String PATH = "/<path>";

    private final SubmitEndpoints submits;
    private final JobEndpoints jobs;
    private final ListEndpoints lists;
    private final DetailEndpoints details;
    private final NodeEndpoints nodes;
    private final StandingEndpoints standings;
    private final ArtifactEndpoints artifacts;
    private final OutputEndpoints outputs;
    private final PresenceSockets presence;
    private final LogRoutes logs;
    private final AgentEndpoints agents;
    private final ServiceEndpoints service;
    private final PoolEndpoints pool;
    private final KeyEndpoints keys;
    private final StatsEndpoint stats;
    private final FeedEvents events;
    private final WatchEndpoints watch;
    private final WebPage page = new WebPage();
    private final Responder responder;
    private @Nullable ApiEndpoint api;

    /**
     * @param serviceId the public key that {@code /health} names
     */
    Routes(
            Rooms rooms,
            NodeCallers callers,
            PresenceSockets presence,
            Responder responder,
            Transfers transfers,
            String serviceId) {
        Rooms.Jobs ofJobs = rooms.jobs();
        Rooms.Nodes ofNodes = rooms.nodes();
        ArtifactStore files = rooms.files().artifacts();
        FileSender toNodes = new FileSender(files, transfers, responder.access(), Kind.INPUT);
        FileSender toClients = new FileSender(files, transfers, responder.access(), Kind.DOWNLOAD);
        this.jobs = new JobEndpoints(ofJobs, new JobReceipts(rooms.store()), responder.access(), rooms.blocking());
        this.submits = new SubmitEndpoints(
                ofJobs, jobs, responder.access(), rooms.access().quotas(), rooms.blocking(), transfers);
        this.lists = new ListEndpoints(ofJobs.list());
        this.details = new DetailEndpoints(ofJobs.statuses(), new JobDetails(rooms.store()), submits, files);
        this.nodes = new NodeEndpoints(
                callers,
                ofNodes.membership(),
                ofNodes.heartbeats(),
                ofNodes.desk(),
                ofJobs.lifecycle(),
                rooms.logs().desk(),
                new VouchedReports(rooms.store(), ofNodes.handed()));
        this.artifacts = new ArtifactEndpoints(callers, new LeasedArtifacts(rooms.store(), files), toNodes, transfers);
        this.standings = new StandingEndpoints(ofNodes, responder.access());
        this.outputs = new OutputEndpoints(rooms.store(), ofJobs.statuses(), files, toClients);
        this.presence = presence;
        this.logs = new LogRoutes(
                new LogEndpoints(callers, rooms.logs().desk(), ofNodes.membership(), responder.access()),
                new LogSockets(rooms.logs().watchers(), ofJobs.statuses(), responder.access()),
                new LogEvents(rooms.logs().watchers(), ofJobs.statuses(), responder.access()));
        this.agents = new AgentEndpoints(new AgentDesk(
                submits,
                jobs,
                outputs,
                logs.endpoints(),
                ofNodes.environments(),
                responder.access(),
                rooms.blocking()));
        this.pool = new PoolEndpoints(ofNodes, ofJobs.counts(), rooms.store());
        this.service = new ServiceEndpoints(ofNodes, ofJobs.counts(), rooms.store(), serviceId);
        Rooms.Access access = rooms.access();
        this.stats = new StatsEndpoint(access.quotas(), ofJobs.counts());
        this.events = new FeedEvents(rooms.feed(), responder.access());
        this.keys = new KeyEndpoints(access.keys(), access.calls(), responder.access());
        this.watch = new WatchEndpoints(rooms.watch().metrics(), rooms.watch().readiness(), rooms.blocking());
        this.responder = responder;
    }

    void addTo(RoutesConfig config) {
        Roll routes = new Roll(config);
        addForClients(routes);
        addForNodes(routes);
        addForAdministrators(routes);
        addForEverybody(routes);
    }

    private void addForClients(Roll routes) {
        routes.post(Paths.SUBMIT, served(submits::submit), SUBMIT);
        routes.post(Paths.SUBMIT_BATCH, served(submits::submitBatch), SUBMIT);
        routes.post(Paths.RUN, served(submits::run), SUBMIT);
        routes.get(Paths.STATUS + ID, served(jobs::status), JOB_READ);
        routes.get(Paths.RESULTS + ID, served(jobs::results), JOB_READ);
        routes.get(Paths.RECEIPTS + ID, served(jobs::receipt), JOB_READ);
        routes.get(Paths.OUTPUTS + ID, served(outputs::list), JOB_READ);
        routes.get(Paths.OUTPUTS + ID + PATH, outputs::show, JOB_READ);
        routes.head(Paths.OUTPUTS + ID + PATH, outputs::show, JOB_READ);
        routes.get(Paths.DOWNLOAD + ID, outputs::downloadAll, JOB_READ);
        routes.head(Paths.DOWNLOAD + ID, outputs::downloadAll, JOB_READ);
        routes.get(Paths.DOWNLOAD + ID + PATH, outputs::download, JOB_READ);
        routes.head(Paths.DOWNLOAD + ID + PATH, outputs::download, JOB_READ);
        routes.post(Paths.CANCEL + ID, served(jobs::cancel), JOB_CANCEL);
        routes.get(Paths.LOGS + ID, logs.endpoints().read(responder), JOB_READ);
        routes.get(Paths.LOGS + ID + Paths.STREAM, logs.events()::serve, JOB_READ);
        routes.wsBeforeUpgrade(Paths.LOGS + ID + Paths.STREAM, logs.sockets()::check);
        routes.ws(Paths.LOGS + ID + Paths.STREAM, logs.sockets()::serve, JOB_READ);
        routes.wsBeforeUpgrade(Paths.STREAM + ID, logs.sockets()::check);
        routes.ws(Paths.STREAM + ID, logs.sockets()::serveWithStatus, JOB_READ);
        routes.wsBeforeUpgrade(Paths.WS + ID, logs.sockets()::check);
        routes.ws(Paths.WS + ID, logs.sockets()::serve, JOB_READ);
        routes.post(Paths.MCP, agents::message, SUBMIT);
        routes.delete(Paths.MCP, served(agents::end), SUBMIT);
        routes.get(Paths.JOBS, served(lists::jobs), READ);
        routes.get(Paths.JOBS + ID, served(details::job), JOB_READ);
        routes.post(Paths.JOBS + ID + Paths.RERUN, served(details::rerun), JOB_CANCEL);
        routes.delete(Paths.JOBS + ID, served(jobs::cancel), JOB_CANCEL);
        routes.get(Paths.NODES, served(service::nodes), READ);
        routes.get(Paths.POOL, served(pool::pool), READ);
        routes.get(Paths.ENVIRONMENTS, served(service::environments), READ);
        routes.get(Paths.STATS, served(stats::stats), READ);
        routes.get(Paths.EVENTS, events::serve, READ);
        routes.get(Paths.METRICS, watch::metrics, READ);
    }

    private void addForNodes(Roll routes) {
        routes.post(Paths.REGISTER, served(nodes::register), NODE);
        routes.post(Paths.SESSION, served(nodes::renew), NODE);
        routes.post(Paths.HEARTBEAT, served(nodes::heartbeat), NODE);
        routes.post(Paths.CLAIM, served(nodes::claim), NODE);
        routes.post(Paths.COMPLETE, served(nodes::complete), NODE);
        routes.post(Paths.COMPLETE_BATCH, served(nodes::completeBatch), NODE);
        routes.post(Paths.LOGS, served(logs.endpoints()::append), NODE);
        routes.post(Paths.RELEASE, served(nodes::release), NODE);
        routes.get(Paths.ARTIFACTS + "/{sha256}", artifacts::fetch, NODE);
        routes.put(Paths.ARTIFACTS + "/{sha256}", served(artifacts::bring), NODE);
        routes.wsBeforeUpgrade(Paths.NODES + ID + Paths.PRESENCE, presence::check);
        routes.ws(Paths.NODES + ID + Paths.PRESENCE, presence::serve, NODE);
    }

    private void addForAdministrators(Roll routes) {
        routes.post(Paths.KEYS, served(keys::create), ADMIN);
        routes.get(Paths.KEYS, served(keys::list), ADMIN);
        routes.post(Paths.KEYS + ID + Paths.QUOTA, served(keys::setQuota), ADMIN);
        routes.delete(Paths.KEYS + ID, served(keys::revoke), ADMIN);
        routes.post(Paths.NODES + ID + Paths.DRAIN, served(nodes::drain), ADMIN);
        routes.post(Paths.NODES + ID + Paths.UNDRAIN, served(nodes::undrain), ADMIN);
        routes.post(Paths.NODES + ID + Paths.FORGIVE, served(standings::forgive), ADMIN);
    }

    private void addForEverybody(Roll routes) {
        routes.get(Paths.ROOT, root(), OPEN);
        routes.get(Paths.HEALTH, served(service::health), OPEN);
        routes.get(Paths.READY, served(watch::ready), OPEN);
        routes.get(Paths.DASHBOARD + PATH, page::file, OPEN);
        routes.get(Paths.OPENAPI, served(request -> api(routes).document(request)), OPEN);
    }

    /** Made when it is asked for first: few ask. */
    private synchronized ApiEndpoint api(Roll routes) {
        ApiEndpoint made = api;
        if (made == null) {
            made = new ApiEndpoint(routes.added());
            api = made;
        }
        return made;
    }

    /** What must be closed before the server stops. */
    AgentEndpoints agents() {
        return agents;
    }

    private Handler root() {
        Handler json = served(service::root);
        return request -> {
            request.header("Vary", "Accept, Origin");
            if (WebPage.isWanted(request)) {
                page.index(request);
            } else {
                json.handle(request);
            }
        };
    }

    private Handler served(Endpoint endpoint) {
        return responder.served(endpoint);
    }
}
