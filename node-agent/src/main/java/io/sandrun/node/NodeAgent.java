package io.sandrun.node;

import io.sandrun.node.ReportLoop.Then;
import io.sandrun.node.artifact.ArtifactCache;
import io.sandrun.node.artifact.FetchInputs;
import io.sandrun.node.artifact.OutputStore;
import io.sandrun.node.artifact.OutputUploads;
import io.sandrun.node.artifact.UploadOutputs;
import io.sandrun.node.attempt.AttemptStep;
import io.sandrun.node.attempt.ChooseInterpreter;
import io.sandrun.node.attempt.HeldAttempt;
import io.sandrun.node.attempt.ProgramRequest;
import io.sandrun.node.attempt.RunProgram;
import io.sandrun.node.install.InstallChoice;
import io.sandrun.node.install.InstallRequirements;
import io.sandrun.node.policy.PolicyLoop;
import io.sandrun.node.policy.Ruling;
import io.sandrun.node.policy.Surroundings;
import io.sandrun.protocol.ArtifactClient;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.Release;
import io.sandrun.protocol.identity.NodeCredentials;
import io.sandrun.protocol.identity.NodeKey;
import io.sandrun.runtime.SandboxSettings;
import io.sandrun.runtime.SandboxUnavailableException;
import io.sandrun.runtime.Sandboxes;
import io.sandrun.runtime.Slot;
import io.sandrun.runtime.host.HostProbe;
import io.sandrun.runtime.install.InstallReport;
import io.sandrun.runtime.layer.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node agent, put together. Its services in start order: sandboxes, slots, heartbeat, logs, reports, claims,
 * presence, environments, policy.
 *
 * <p>It stops in two scopes. <em>Stop claiming</em>: no new work, running jobs go on for the drain time. <em>Stop
 * working</em>: what still runs is ended and its lease given back, so that another node starts it at once.
 */
public final class NodeAgent implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeAgent.class);

    /** For threads that only have to notice that they are stopped. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

    /** What waits in a slot for jobs that do not come is let go after so long, and looked for as often. */
    private static final Duration IDLE = Duration.ofMinutes(5);

    private final NodeConfig config;
    private final DataDirectoryLock lock;
    private final BrokerClient client;
    private final HeldLeases leases = new HeldLeases();
    private final Sandboxes sandboxes;
    private final NodeOffer offer;
    private final NodeKey key;
    private final BrokerSession session;
    private final SlotPool slots;
    private final NodeTimer timer = new NodeTimer();
    private final PolicyLoop policy;
    private final GiveBack giveBack;
    private final OwnersWill will;
    private final ClaimLoop claims;
    private final AttemptRunner runner;
    private final Thread heartbeatThread;
    private final Thread logThread;
    private final Thread reportThread;
    private final Thread claimThread;
    private final Thread presenceThread;
    private final Optional<Thread> environmentThread;
    private final Thread policyThread;
    private final AtomicBoolean closed = new AtomicBoolean();

    private NodeAgent(
            NodeConfig config, DataDirectoryLock lock, PolicyLoop policy, Sandboxes sandboxes, NodeOffer offer)
            throws IOException {
        this.config = config;
        this.lock = lock;
        this.policy = policy;
        this.sandboxes = sandboxes;
        this.key = NodeKey.loadOrCreate(config.keyFile());
        NodeCredentials credentials = new NodeCredentials(key, Clock.systemUTC());
        this.client = new BrokerClient(config.broker(), credentials);
        this.offer = offer;
        this.session = new BrokerSession(client, key.workerId(), hostName(), offer.capabilities(), leases);
        this.slots = new SlotPool(sandboxes, config.slots());
        HeartbeatLoop heartbeats = new HeartbeatLoop(client, session, leases);
        Outbox outbox = new Outbox(config.dataDirectory().resolve("outbox"));
        LogLoop logs = new LogLoop(client, session, config.dataDirectory().resolve("logs"));
        ArtifactClient artifacts = new ArtifactClient(config.broker(), credentials);
        OutputStore outputs = new OutputStore(config.dataDirectory().resolve("outputs"), outbox.leases());
        OutputUploads uploads = new OutputUploads(outputs, artifacts);
        ReportLoop reports = new ReportLoop(client, session, leases, logs, uploads, outbox, key);
        ArtifactCache cache = new ArtifactCache(config.dataDirectory().resolve("artifacts"), config.cacheBytes());
        InstallChoice installs = config.installs();
        LayerStore<InstallReport> layers =
                LayerStore.open(config.dataDirectory().resolve("layers"), installs.keeping(), Clock.systemUTC());
        ProgramRequest request = new ProgramRequest(offer.cpuShare(), outputs::sink);
        List<AttemptStep> steps = List.of(
                new ChooseInterpreter(offer.interpreters(), offer.environments()),
                new FetchInputs(cache, artifacts),
                new InstallRequirements(offer.installers(), offer.installPlaces(), layers),
                new RunProgram(request, heartbeats::nudge, timer.once()),
                new UploadOutputs(outputs, uploads));
        this.runner = new AttemptRunner(steps, logs, reports);
        this.giveBack = new GiveBack(client, session);
        this.will = new OwnersWill(offer, session, leases, heartbeats, giveBack, policy.ruling());
        this.claims = new ClaimLoop(client, session, slots, will, this::start);
        this.heartbeatThread = thread("heartbeat", heartbeats);
        this.logThread = thread("log", logs);
        this.reportThread = thread("report", reports);
        this.claimThread = thread("claim", claims);
        this.presenceThread = thread("presence", new PresenceLoop(client, session, heartbeats));
        this.environmentThread = offer.watch(will::offerChanged).map(watch -> thread("environments", watch));
        this.policyThread = thread("policy", () -> policy.run(will));
    }

    /**
     * Starts a node and returns when it knows what it can do; it registers as soon as the broker answers.
     *
     * @throws IOException if the key or the data directory cannot be used, or another node uses that directory; a
     *     {@link io.sandrun.node.policy.PolicyException} if the owner's policy cannot be read
     * @throws InterruptedException if the thread is told to stop
     * @throws SandboxUnavailableException if this machine cannot make a sandbox; the message says why
     */
    public static NodeAgent start(NodeConfig config)
            throws IOException, SandboxUnavailableException, InterruptedException {
        return start(config, Surroundings.ofThisMachine());
    }

    /** Likewise, with another look at what the owner's policy is about. */
    public static NodeAgent start(NodeConfig config, Surroundings around)
            throws IOException, SandboxUnavailableException, InterruptedException {
        Files.createDirectories(config.dataDirectory());
        DataDirectoryLock lock = DataDirectoryLock.take(config.dataDirectory());
        Sandboxes sandboxes = null;
        try {
            PolicyLoop policy = new PolicyLoop(config.policyFile(), config.dataDirectory(), around);
            long warmBytes = config.warmBytesOf(new HostProbe().memoryBytes());
            sandboxes = Sandboxes.open(new SandboxSettings(config.slots() + 1, config.dataDirectory(), warmBytes));
            NodeOffer offer =
                    new NodeOffer(config, sandboxes, config.dataDirectory().resolve("environment-checks.json"));
            offer.under(policy.ruling());
            NodeAgent agent = new NodeAgent(config, lock, policy, sandboxes, offer);
            agent.heartbeatThread.start();
            agent.logThread.start();
            agent.reportThread.start();
            agent.claimThread.start();
            agent.presenceThread.start();
            agent.environmentThread.ifPresent(Thread::start);
            agent.policyThread.start();
            agent.timer.repeat(IDLE, "letting go of what no job came for", () -> agent.sandboxes.letGo(IDLE));
            return agent;
        } catch (IOException | SandboxUnavailableException | InterruptedException | RuntimeException failed) {
            if (sandboxes != null) {
                sandboxes.close();
            }
            lock.close();
            throw failed;
        }
    }

    /** The node's public key, base64. */
    public String workerId() {
        return key.workerId();
    }

    public Capabilities capabilities() {
        return offer.capabilities();
    }

    /** What its owner allows now. */
    public Ruling ruling() {
        return policy.ruling();
    }

    /** How the node is now. */
    HealthPort.Health health() {
        return new HealthPort.Health(
                "healthy",
                "sandrun",
                workerId(),
                session.isRegistered(),
                config.slots(),
                leases.running().size());
    }

    /** Waits until the broker has taken the node in; false if it has not within the timeout. */
    public boolean awaitRegistration(Duration timeout) throws InterruptedException {
        return session.awaitFirstRegistration(timeout);
    }

    /**
     * Completes with what the broker first said to this node: nothing if it took the node in, else why not. One that
     * does not answer, or could take the node in later without a change, has not said anything yet.
     */
    public CompletableFuture<Optional<BrokerException>> firstAnswer() {
        return session.firstAnswer();
    }

    /**
     * Completes with the refusal when the broker serves this node no more, and asking again is no use: its API key has
     * ended, for one. The node has stopped its jobs then, which others get.
     */
    public CompletableFuture<BrokerException> dismissed() {
        return session.dismissed();
    }

    /** Drains: stops claiming, lets jobs finish within the drain time, gives back the rest, leaves. Idempotent. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        claims.stop();
        stop(claimThread);
        stop(policyThread);
        environmentThread.ifPresent(NodeAgent::stop);
        List<String> unfinished = finishOrGiveBack();
        stop(logThread);
        stop(reportThread);
        stop(heartbeatThread);
        leave(unfinished);
        client.close();
        stop(presenceThread);
        timer.close();
        sandboxes.close();
        lock.close();
        log.info("The node has stopped");
    }

    /** A slot whose report brought another job goes on with it: the place is not given back in between. */
    private void start(ClaimedJob job) {
        HeldAttempt first = held(job);
        slots.use(slot -> {
            Optional<HeldAttempt> next = Optional.of(first);
            while (next.isPresent() && will.takes(next.get().job())) {
                Supplier<Then> then = next.get() == first ? this::then : () -> goingOn(slot);
                next = runner.run(slot, next.get(), then).map(this::held);
                if (will.isOpen()) {
                    slot.getReady();
                }
            }
            next.ifPresent(this::giveBackUnbegun);
        });
    }

    /**
     * After a job that its slot went on with there is likely to be another: its sandbox is made while the report is on
     * its way, unless somebody would have to be waited for. After one that came alone, the processors first bring its
     * result to who waits for it.
     */
    private Then goingOn(Slot slot) {
        Then then = then();
        if (then == Then.CLAIM) {
            slot.getReadyAtOnce();
        }
        return then;
    }

    private Then then() {
        return claims.isStopped() || !will.isOpen() ? Then.REST : Then.CLAIM;
    }

    /** It was on its way when the owner closed the node, or allowed less on it. */
    private void giveBackUnbegun(HeldAttempt attempt) {
        giveBack.all(List.of(attempt));
        leases.drop(attempt.job().leaseId());
    }

    private HeldAttempt held(ClaimedJob job) {
        HeldAttempt attempt = new HeldAttempt(job);
        leases.hold(attempt);
        return attempt;
    }

    /** The leases of the attempts that did not finish in time and were ended here. */
    private List<String> finishOrGiveBack() {
        try {
            int running = leases.running().size();
            if (running > 0) {
                log.info(
                        "Waiting up to {} s for {} jobs to finish",
                        config.drainTime().toSeconds(),
                        running);
            }
            if (slots.finish(config.drainTime())) {
                return List.of();
            }
            List<HeldAttempt> unfinished = leases.running();
            giveBack.all(unfinished);
            slots.finish(STOP_PATIENCE);
            return named(unfinished);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            List<HeldAttempt> unfinished = leases.running();
            unfinished.forEach(HeldAttempt::lose);
            return named(unfinished);
        }
    }

    private static List<String> named(List<HeldAttempt> attempts) {
        return attempts.stream().map(attempt -> attempt.job().leaseId()).toList();
    }

    /**
     * Says goodbye: the broker hands the unfinished jobs to other nodes at once, and those whose claim never arrived.
     */
    private void leave(List<String> unfinished) {
        try {
            if (session.awaitFirstRegistration(Duration.ZERO)
                    && !session.dismissed().isDone()) {
                client.release(new Release(session.current().nodeId(), unfinished, true));
            }
        } catch (IOException | InterruptedException unreachable) {
            log.warn("Could not say goodbye to the broker; it will notice the silence: {}", unreachable.getMessage());
        }
    }

    private static void stop(Thread thread) {
        thread.interrupt();
        try {
            thread.join(STOP_PATIENCE.toMillis());
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread thread(String name, Runnable work) {
        Thread thread = new Thread(work, "sandrun-" + name);
        thread.setDaemon(true);
        return thread;
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException unknown) {
            return "";
        }
    }
}
