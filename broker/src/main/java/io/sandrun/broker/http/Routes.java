package io.sandrun.broker.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import io.sandrun.broker.artifact.ArtifactStore;
import io.sandrun.broker.artifact.LeasedArtifacts;
import io.sandrun.broker.http.flow.Transfers;
import io.sandrun.broker.http.flow.Transfers.Kind;
import io.sandrun.broker.job.JobReceipts;
import io.sandrun.broker.trust.VouchedReports;
import io.sandrun.protocol.Paths;

/** Every route of the broker: verb, path, handler. */
final class Routes {
    private static final String ID = "/{id}";
    private static final String PATH = "/<path>";

    private final SubmitEndpoints submits;
    private final JobEndpoints jobs;
    private final ListEndpoints lists;
    private final NodeEndpoints nodes;
    private final StandingEndpoints standings;
    private final ArtifactEndpoints artifacts;
    private final OutputEndpoints outputs;
    private final PresenceSockets presence;
    private final LogRoutes logs;
    private final ServiceEndpoints service;
    private final PoolEndpoints pool;
    private final WebPage page = new WebPage();
    private final Responder responder;

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
        FileSender toNodes = new FileSender(files, transfers, Kind.INPUT);
        FileSender toClients = new FileSender(files, transfers, Kind.DOWNLOAD);
        this.jobs = new JobEndpoints(ofJobs, new JobReceipts(rooms.store()), rooms.blocking());
        this.submits = new SubmitEndpoints(ofJobs, jobs, rooms.blocking(), transfers);
        this.lists = new ListEndpoints(ofJobs.list());
        this.nodes = new NodeEndpoints(
                callers,
                ofNodes.membership(),
                ofNodes.heartbeats(),
                ofNodes.desk(),
                ofJobs.lifecycle(),
                rooms.logs().desk(),
                new VouchedReports(rooms.store()));
        this.artifacts = new ArtifactEndpoints(callers, new LeasedArtifacts(rooms.store(), files), toNodes, transfers);
        this.standings = new StandingEndpoints(ofNodes);
        this.outputs = new OutputEndpoints(rooms.store(), ofJobs.statuses(), files, toClients);
        this.presence = presence;
        this.logs = new LogRoutes(
                new LogEndpoints(callers, rooms.logs().desk(), ofNodes.membership()),
                new LogSockets(rooms.logs().watchers(), ofJobs.statuses()),
                new LogEvents(rooms.logs().watchers(), ofJobs.statuses()));
        this.pool = new PoolEndpoints(ofNodes, ofJobs.counts(), rooms.store());
        this.service = new ServiceEndpoints(ofNodes, ofJobs.counts(), rooms.store(), serviceId);
        this.responder = responder;
    }

    void addTo(RoutesConfig routes) {
        // Clients.
        routes.post(Paths.SUBMIT, served(submits::submit));
        routes.post(Paths.SUBMIT_BATCH, served(submits::submitBatch));
        routes.post(Paths.RUN, served(submits::run));
        routes.get(Paths.STATUS + ID, served(jobs::status));
        routes.get(Paths.RESULTS + ID, served(jobs::results));
        routes.get(Paths.RECEIPTS + ID, served(jobs::receipt));
        routes.get(Paths.OUTPUTS + ID, served(outputs::list));
        routes.get(Paths.OUTPUTS + ID + PATH, outputs::show);
        routes.head(Paths.OUTPUTS + ID + PATH, outputs::show);
        routes.get(Paths.DOWNLOAD + ID, outputs::downloadAll);
        routes.head(Paths.DOWNLOAD + ID, outputs::downloadAll);
        routes.get(Paths.DOWNLOAD + ID + PATH, outputs::download);
        routes.head(Paths.DOWNLOAD + ID + PATH, outputs::download);
        routes.post(Paths.CANCEL + ID, served(jobs::cancel));
        routes.get(Paths.LOGS + ID, logs.endpoints().read(responder));
        routes.get(Paths.LOGS + ID + Paths.STREAM, logs.events()::serve);
        routes.wsBeforeUpgrade(Paths.LOGS + ID + Paths.STREAM, logs.sockets()::check);
        routes.ws(Paths.LOGS + ID + Paths.STREAM, logs.sockets()::serve);
        routes.wsBeforeUpgrade(Paths.STREAM + ID, logs.sockets()::check);
        routes.ws(Paths.STREAM + ID, logs.sockets()::serveWithStatus);
        routes.wsBeforeUpgrade(Paths.WS + ID, logs.sockets()::check);
        routes.ws(Paths.WS + ID, logs.sockets()::serve);
        routes.get(Paths.JOBS, served(lists::jobs));
        routes.delete(Paths.JOBS + ID, served(jobs::cancel));
        routes.post(Paths.NODES + ID + "/drain", served(nodes::drain));
        routes.post(Paths.NODES + ID + "/undrain", served(nodes::undrain));
        routes.post(Paths.NODES + ID + "/forgive", served(standings::forgive));

        // Nodes.
        routes.post(Paths.REGISTER, served(nodes::register));
        routes.post(Paths.SESSION, served(nodes::renew));
        routes.post(Paths.HEARTBEAT, served(nodes::heartbeat));
        routes.post(Paths.CLAIM, served(nodes::claim));
        routes.post(Paths.COMPLETE, served(nodes::complete));
        routes.post(Paths.COMPLETE_BATCH, served(nodes::completeBatch));
        routes.post(Paths.LOGS, served(logs.endpoints()::append));
        routes.post(Paths.RELEASE, served(nodes::release));
        routes.get(Paths.ARTIFACTS + "/{sha256}", artifacts::fetch);
        routes.put(Paths.ARTIFACTS + "/{sha256}", served(artifacts::bring));
        routes.wsBeforeUpgrade(Paths.NODES + ID + Paths.PRESENCE, presence::check);
        routes.ws(Paths.NODES + ID + Paths.PRESENCE, presence::serve);

        // Everybody.
        routes.get(Paths.ROOT, root());
        routes.get(Paths.HEALTH, served(service::health));
        routes.get(Paths.NODES, served(service::nodes));
        routes.get(Paths.POOL, served(pool::pool));
        routes.get(Paths.ENVIRONMENTS, served(service::environments));
        routes.get(Paths.DASHBOARD + "/{file}", page::file);
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
