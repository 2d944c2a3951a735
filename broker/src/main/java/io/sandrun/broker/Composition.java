package io.sandrun.broker;

import io.sandrun.broker.access.AccessGate;
import io.sandrun.broker.access.Keys;
import io.sandrun.broker.access.OpenCalls;
import io.sandrun.broker.access.Quotas;
import io.sandrun.broker.artifact.ArtifactStore;
import io.sandrun.broker.artifact.ArtifactSweep;
import io.sandrun.broker.audit.AuditLog;
import io.sandrun.broker.claim.ClaimDesk;
import io.sandrun.broker.claim.Heartbeats;
import io.sandrun.broker.claim.LivenessSweep;
import io.sandrun.broker.claim.Membership;
import io.sandrun.broker.claim.NodesOfKey;
import io.sandrun.broker.claim.PoolChange;
import io.sandrun.broker.claim.Presence;
import io.sandrun.broker.environment.EnvironmentCatalog;
import io.sandrun.broker.environment.EnvironmentUses;
import io.sandrun.broker.feed.Activity;
import io.sandrun.broker.feed.ChangedJobs;
import io.sandrun.broker.feed.Feed;
import io.sandrun.broker.http.Rooms;
import io.sandrun.broker.job.DueJobs;
import io.sandrun.broker.job.HandOut;
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
import io.sandrun.broker.job.VerifiedJobs;
import io.sandrun.broker.job.Waiters;
import io.sandrun.broker.log.LogDesk;
import io.sandrun.broker.log.LogWatchers;
import io.sandrun.broker.metrics.Gauges;
import io.sandrun.broker.metrics.Metrics;
import io.sandrun.broker.metrics.OpenGauges;
import io.sandrun.broker.node.NodeFlush;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.node.PoolHealth;
import io.sandrun.broker.pool.Pool;
import io.sandrun.broker.pool.WorkerListWatch;
import io.sandrun.broker.project.ProjectIntake;
import io.sandrun.broker.requirement.RequirementClasses;
import io.sandrun.broker.store.DiskRoom;
import io.sandrun.broker.store.Readiness;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.store.WriteObserver;
import io.sandrun.broker.tls.TlsCertificate;
import io.sandrun.broker.trust.HandedJobs;
import io.sandrun.broker.trust.NodeGate;
import io.sandrun.broker.trust.NodeSessions;
import io.sandrun.broker.trust.ServiceIdentity;
import io.sandrun.broker.verify.ReputationSweep;
import io.sandrun.broker.verify.Standings;
import io.sandrun.broker.verify.Verifier;
import io.sandrun.protocol.identity.NodeKey;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;

/**
 * The composition root: every room of a broker is made here, once, and given those that it needs. What has threads or
 * files is handed to its owner as soon as it is there, in start order. For one thread.
 */
final class Composition {
    private static final String LOGS = "logs";

    private final BrokerConfig config;
    private final Clock clock;
    private final Consumer<AutoCloseable> owner;

    private final Store store;
    private final ArtifactStore artifacts;
    private final BrokerThreads threads;
    private final FreshId freshId;
    private final Pool pool;
    private final NodeRegistry registry;
    private final RequirementClasses classes;
    private final QueueCounts counts;
    private final JobResults results;
    private final JobNews news;
    private final TurnClock turns = new TurnClock();
    private final Standings standings;
    private final JobLifecycle lifecycle;
    private final Verifier verifier;
    private final ClaimDesk desk;
    private final Waiters waiters;
    private final LogDesk logs;
    private final LogWatchers watchers;
    private final Activity activity;
    private final ChangedJobs changedJobs;
    private final Feed feed;
    private final EnvironmentUses environmentUses;
    private final LivenessSweep liveness;
    private final Presence presence;
    private final Membership membership;
    private final NodeGate gate;
    private final NodeSessions sessions;
    private final HandedJobs handed = new HandedJobs();
    private final Keys keys;
    private final AccessGate clients;
    private final OpenCalls calls;
    private final Quotas quotas;
    private final NodeKey identity;
    private final AuditLog audit;
    private final Metrics metrics;
    private final Readiness readiness;

    /** @param owner stops what it is given, the last one first */
    Composition(BrokerConfig config, Clock clock, WriteObserver observer, Consumer<AutoCloseable> owner) {
        this.config = config;
        this.clock = clock;
        this.owner = owner;
        Path data = config.dataDirectory();
        pool = Pool.of(config.workers());
        metrics = new Metrics(clock);
        store = started(Store.open(data.resolve(Broker.DATABASE), clock, observer, metrics.commits()));
        artifacts = ArtifactStore.open(data.resolve(Broker.ARTIFACTS), config.minFreeDiskBytes());
        identity = ServiceIdentity.key(data);
        audit = started(AuditLog.open(data.resolve(Broker.AUDIT), clock, identity));
        threads = started(new BrokerThreads());
        freshId = new FreshId(clock);
        registry = new NodeRegistry(store, clock, freshId, config.nodeTimeout(), pool);
        classes = new RequirementClasses(store, registry);
        counts = new QueueCounts(store);
        results = new JobResults(store);
        news = new JobNews(counts, results);
        standings = new Standings(store, clock, registry, pool, classes, config.verifySameAddress());
        HandOut handOut = new HandOut(clock, freshId, turns, standings);
        lifecycle = new JobLifecycle(store, clock, classes, news, turns, config.maxRetries(), handOut);
        desk = new ClaimDesk(lifecycle, classes, registry, threads.timer(), store);
        waiters = new Waiters(threads.timer());
        logs = started(LogDesk.open(store, data.resolve(LOGS), config.minFreeDiskBytes(), threads.pool()));
        watchers = new LogWatchers(logs);
        activity = new Activity(counts, registry, desk, clock);
        changedJobs = new ChangedJobs();
        feed = new Feed(activity::sample, changedJobs, store);
        environmentUses = new EnvironmentUses(classes);
        liveness = new LivenessSweep(registry, lifecycle, store, clock);
        presence = new Presence(registry, liveness, desk, threads.timer(), threads.pool());
        verifier = new Verifier(store, standings, news, freshId, clock, config.resultTtl(), config.verifyWait());
        membership = new Membership(registry, lifecycle, desk, store, clock, threads.pool(), config.nodeTimeout());
        sessions = new NodeSessions(clock);
        gate = new NodeGate(registry, sessions, clock, config.allowUnsignedNodes(), pool);
        keys = new Keys(store, clock);
        clients = new AccessGate(keys, config.allowAnonymous(), config.quota());
        calls = new OpenCalls(keys, clients);
        quotas = new Quotas(store, clock);
        keys.whenEnded(new NodesOfKey(registry, sessions, membership, threads.pool())::end);
        readiness = new Readiness(store, DiskRoom.of(data, config.minFreeDiskBytes()), clock, threads.timer());
        metrics.show(new Gauges(counts, classes, registry, store));
        metrics.show(new OpenGauges(this::waitingClaims, feed::onlookers, watchers::count, presence::connections));
        listen();
        keepHouse();
        followTheList();
    }

    private int waitingClaims() {
        return registry.all().stream().mapToInt(desk::waiting).sum();
    }

    /** Who hears of jobs, in this order. */
    private void listen() {
        DueJobs dueJobs = new DueJobs(lifecycle, clock, threads.timer());
        List.of(
                        new NodeTally(registry),
                        environmentUses,
                        handed,
                        desk,
                        logs,
                        waiters,
                        quotas,
                        dueJobs,
                        verifier,
                        activity,
                        changedJobs,
                        metrics.jobs())
                .forEach(news::addListener);
        dueJobs.start();
        verifier.start();
    }

    /** What is looked at again and again. */
    private void keepHouse() {
        ArtifactSweep unneeded = new ArtifactSweep(store, artifacts, threads.pool());
        unneeded.findLeftovers();
        threads.repeat(Verifier.INTERVAL, verifier::sweep);
        ReputationSweep reputations = new ReputationSweep(store, standings, clock);
        reputations.run();
        threads.repeat(ReputationSweep.INTERVAL, reputations);
        threads.repeat(Keys.INTERVAL, keys);
        threads.repeat(Quotas.INTERVAL, quotas);
        threads.repeat(LogWatchers.INTERVAL, watchers::look);
        threads.repeat(Feed.INTERVAL, feed);
        threads.repeat(LivenessSweep.interval(config.nodeTimeout()), liveness);
        threads.repeat(LivenessSweep.interval(config.nodeTimeout()), new PoolHealth(pool, registry));
        threads.repeat(NodeFlush.INTERVAL, new NodeFlush(registry, clock));
        threads.repeat(
                RetentionSweep.interval(config.resultTtl()),
                new RetentionSweep(store, news, classes, unneeded, clock, config.resultTtl(), threads.pool()));
    }

    /** What is done when the file of a trusted pool changes. */
    private void followTheList() {
        PoolChange change = new PoolChange(registry, sessions, desk, liveness, waiters);
        WorkerListWatch.start(pool, change::follow).ifPresent(this::started);
    }

    /** Has a look at the certificate's files from time to time. */
    void lookAfter(TlsCertificate certificate) {
        threads.repeat(TlsCertificate.INTERVAL, certificate);
    }

    /** What the HTTP edge needs. */
    Rooms rooms() {
        return new Rooms(
                store,
                access(),
                jobs(),
                nodes(),
                new Rooms.Files(artifacts),
                new Rooms.Logs(logs, watchers),
                feed,
                new Rooms.Watch(metrics, readiness),
                threads.pool());
    }

    Keys keys() {
        return keys;
    }

    /** The public key by which this service is known: the local node's, or the broker's own. */
    String serviceId() {
        return config.localWorkerId().orElse(identity.workerId());
    }

    private Rooms.Access access() {
        return new Rooms.Access(keys, clients, calls, quotas, audit);
    }

    private Rooms.Jobs jobs() {
        JobSubmission submission = new JobSubmission(config.jobTimeout(), clock);
        ResultCache cache = new ResultCache(clock, config.resultTtl());
        VerifiedJobs verified =
                new VerifiedJobs(store, registry, classes, lifecycle::mayHave, standings::now, config.verifyWait());
        return new Rooms.Jobs(
                submission,
                new ProjectIntake(artifacts, submission),
                new JobIntake(store, clock, freshId, classes, news, turns, cache),
                lifecycle,
                new JobStatuses(store, registry, classes, verified),
                new JobList(store, classes),
                results,
                counts,
                waiters);
    }

    private Rooms.Nodes nodes() {
        return new Rooms.Nodes(
                pool,
                registry,
                gate,
                handed,
                membership,
                new Heartbeats(membership, lifecycle, waiters, store, clock, threads.pool()),
                presence,
                desk,
                standings,
                new EnvironmentCatalog(registry, environmentUses));
    }

    /**
     * The rooms in which requests wait: to be stopped before the HTTP server, since a held request would keep it from
     * stopping. First of all it is told that the broker stops.
     */
    List<AutoCloseable> waitingRooms() {
        return List.of(desk, waiters, presence, watchers, feed, readiness);
    }

    private <S extends AutoCloseable> S started(S service) {
        owner.accept(service);
        return service;
    }
}
