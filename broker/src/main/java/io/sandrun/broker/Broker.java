package io.sandrun.broker;

import io.sandrun.broker.artifact.ArtifactStore;
import io.sandrun.broker.artifact.ArtifactSweep;
import io.sandrun.broker.claim.ClaimDesk;
import io.sandrun.broker.claim.Heartbeats;
import io.sandrun.broker.claim.LivenessSweep;
import io.sandrun.broker.claim.Membership;
import io.sandrun.broker.claim.Presence;
import io.sandrun.broker.environment.EnvironmentCatalog;
import io.sandrun.broker.environment.EnvironmentUses;
import io.sandrun.broker.http.HttpServer;
import io.sandrun.broker.http.Rooms;
import io.sandrun.broker.job.DueJobs;
import io.sandrun.broker.job.JobIntake;
import io.sandrun.broker.job.JobLifecycle;
import io.sandrun.broker.job.JobList;
import io.sandrun.broker.job.JobNews;
import io.sandrun.broker.job.JobResults;
import io.sandrun.broker.job.JobStatuses;
import io.sandrun.broker.job.JobSubmission;
import io.sandrun.broker.job.NodeTally;
import io.sandrun.broker.job.QueueCounts;
import io.sandrun.broker.job.ResultCache;
import io.sandrun.broker.job.RetentionSweep;
import io.sandrun.broker.job.TurnClock;
import io.sandrun.broker.job.Waiters;
import io.sandrun.broker.log.LogDesk;
import io.sandrun.broker.log.LogWatchers;
import io.sandrun.broker.node.NodeFlush;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.project.ProjectIntake;
import io.sandrun.broker.requirement.RequirementClasses;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.store.WriteObserver;
import io.sandrun.broker.trust.NodeGate;
import io.sandrun.broker.trust.NodeSessions;
import io.sandrun.broker.trust.ServiceIdentity;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running broker: the composition root, and the list of everything that has threads, files or ports.
 *
 * <p>Start order: the lock on the data directory, the store with its writer's thread, the pool and the timer, the
 * sweeps, the HTTP server, and at last the rooms in which requests wait. Stop is the reverse: waiting requests are
 * answered first, since a held one would keep the server from stopping; the store goes last, so that whatever was
 * accepted is on disk.
 */
public final class Broker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);
    /** The database's file in the data directory. */
    public static final String DATABASE = "sandrun.db";

    /** The directory of artifacts, beside it. */
    public static final String ARTIFACTS = "artifacts";

    private static final String LOGS = "logs";

    private final BrokerConfig config;
    private final Deque<AutoCloseable> services = new ArrayDeque<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final HttpServer http;

    private Broker(BrokerConfig config, Clock clock, WriteObserver observer) {
        this.config = config;
        try {
            this.http = open(clock, observer);
        } catch (RuntimeException failed) {
            close();
            throw failed;
        }
    }

    /**
     * Starts a broker; it serves when this returns.
     *
     * @throws DataDirectoryInUseException if another broker has the data directory
     * @throws PortUnavailableException if it cannot listen there
     * @throws io.sandrun.broker.store.SchemaException if the database is not one of this program
     */
    public static Broker start(BrokerConfig config) {
        return start(config, SteadyClock.system());
    }

    /** Likewise with a clock of its own. */
    public static Broker start(BrokerConfig config, Clock clock) {
        return start(config, clock, WriteObserver.NONE);
    }

    /** Likewise, with someone who watches the store's writing connection: for tests that make it fail. */
    public static Broker start(BrokerConfig config, Clock clock, WriteObserver observer) {
        return new Broker(config, clock, observer);
    }

    private HttpServer open(Clock clock, WriteObserver observer) {
        started(DataDirectoryLock.take(config.dataDirectory()));
        Store store = started(Store.open(config.dataDirectory().resolve(DATABASE), clock, observer));
        ArtifactStore artifacts = openArtifacts();
        BrokerThreads threads = started(new BrokerThreads());
        FreshId freshId = new FreshId(clock);
        NodeRegistry registry = new NodeRegistry(store, clock, freshId, config.nodeTimeout());
        RequirementClasses classes = new RequirementClasses(store, registry);
        QueueCounts counts = new QueueCounts(store);
        JobResults results = new JobResults(store);
        JobNews news = new JobNews(counts, results);
        TurnClock turns = new TurnClock();
        JobLifecycle lifecycle = new JobLifecycle(store, clock, freshId, classes, news, turns, config.maxRetries());
        ClaimDesk desk = new ClaimDesk(lifecycle, classes, registry, threads.timer());
        Waiters waiters = new Waiters(threads.timer());
        LogDesk logs = started(openLogs(store, threads));
        LogWatchers watchers = watchers(logs, threads);
        DueJobs dueJobs = new DueJobs(lifecycle, clock, threads.timer());
        EnvironmentUses uses = new EnvironmentUses(classes);
        List.of(new NodeTally(registry), uses, desk, logs, waiters, dueJobs).forEach(news::addListener);
        dueJobs.start();
        LivenessSweep liveness = new LivenessSweep(registry, lifecycle, store, clock);
        repeatForNodes(threads, liveness, new NodeFlush(registry, clock));
        Presence presence = new Presence(registry, liveness, desk, threads.timer(), threads.pool());
        ArtifactSweep unneeded = sweep(store, artifacts, threads);
        threads.repeat(
                RetentionSweep.interval(config.resultTtl()),
                new RetentionSweep(store, news, classes, unneeded, clock, config.resultTtl()));
        Membership membership =
                new Membership(registry, lifecycle, desk, store, clock, threads.pool(), config.nodeTimeout());
        JobSubmission submission = new JobSubmission(config.jobTimeout(), clock);
        NodeGate gate = new NodeGate(registry, new NodeSessions(clock), clock, config.allowUnsignedNodes());
        Rooms rooms = new Rooms(
                store,
                registry,
                gate,
                membership,
                new Heartbeats(membership, lifecycle, waiters, store, clock, threads.pool()),
                presence,
                desk,
                counts,
                submission,
                new ProjectIntake(artifacts, submission),
                new JobIntake(store, clock, freshId, classes, news, turns, new ResultCache(clock, config.resultTtl())),
                lifecycle,
                new JobStatuses(store, registry, classes),
                new JobList(store, classes),
                results,
                waiters,
                logs,
                watchers,
                new EnvironmentCatalog(registry, uses),
                artifacts,
                threads.pool());
        HttpServer server = started(HttpServer.start(config, rooms, workerId()));
        List.<AutoCloseable>of(desk, waiters, presence, watchers).forEach(this::started);
        LOG.info("Broker serves {} with data in {}", url(server), config.dataDirectory());
        return server;
    }

    private void repeatForNodes(BrokerThreads threads, LivenessSweep liveness, NodeFlush flush) {
        threads.repeat(LivenessSweep.interval(config.nodeTimeout()), liveness);
        threads.repeat(NodeFlush.INTERVAL, flush);
    }

    private static LogWatchers watchers(LogDesk logs, BrokerThreads threads) {
        LogWatchers watchers = new LogWatchers(logs);
        threads.repeat(LogWatchers.INTERVAL, watchers::look);
        return watchers;
    }

    /** The local node's, or the broker's own. */
    private String workerId() {
        String own = ServiceIdentity.id(config.dataDirectory());
        return config.localWorkerId().orElse(own);
    }

    private static ArtifactSweep sweep(Store store, ArtifactStore artifacts, BrokerThreads threads) {
        ArtifactSweep sweep = new ArtifactSweep(store, artifacts, threads.pool());
        sweep.findLeftovers();
        return sweep;
    }

    private ArtifactStore openArtifacts() {
        return ArtifactStore.open(config.dataDirectory().resolve(ARTIFACTS), config.minFreeDiskBytes());
    }

    private LogDesk openLogs(Store store, BrokerThreads threads) {
        Path directory = config.dataDirectory().resolve(LOGS);
        return LogDesk.open(store, directory, config.minFreeDiskBytes(), threads.pool());
    }

    private <S extends AutoCloseable> S started(S service) {
        services.push(service);
        return service;
    }

    /** Where it is reached, {@code http://127.0.0.1:8000}. */
    public String url() {
        return url(http);
    }

    private String url(HttpServer server) {
        String host = config.host().contains(":") ? "[" + config.host() + "]" : config.host();
        return "http://" + host + ":" + server.port();
    }

    public int port() {
        return http.port();
    }

    /** Stops in order; what was accepted stays accepted. A second call does nothing. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        while (!services.isEmpty()) {
            AutoCloseable service = services.pop();
            try {
                service.close();
            } catch (Exception failed) {
                LOG.warn("{} did not stop cleanly: {}", service.getClass().getSimpleName(), failed.toString());
            }
        }
    }
}
