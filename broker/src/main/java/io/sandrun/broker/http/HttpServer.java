package io.sandrun.broker.http;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinException;
import io.sandrun.broker.BrokerConfig;
import io.sandrun.broker.PortUnavailableException;
import io.sandrun.broker.access.JobOwners;
import io.sandrun.broker.http.flow.Flow;
import io.sandrun.broker.tls.TlsCertificate;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The HTTP server: guards, routes, errors. Its threads are Jetty's own. */
public final class HttpServer implements AutoCloseable {
    /** Threads for requests. Waiting holds none, neither for jobs nor for slow clients, so a few per core would do. */
    private static final int THREADS_MAX = 200;

    private static final int THREADS_MIN = 8;
    private static final int THREAD_IDLE_MS = 60_000;

    /**
     * Connections that wait to be taken in: all nodes come back at once after a restart, and one that finds no place in
     * Java's usual 50 tries again only a second later. The system may allow fewer.
     */
    private static final int ACCEPT_QUEUE = 4_096;

    /** How long requests in flight may take when the server stops, milliseconds: then they are cut off. */
    private static final long STOP_TIMEOUT_MS = 1_000;

    /** When Jetty gives up stopping, milliseconds: only a machine that is very busy takes long to close connections. */
    private static final long STOP_GIVEN_UP_MS = 10 * STOP_TIMEOUT_MS;

    /** How long a connection may be silent while the server stops, milliseconds: an answer is on its way by then. */
    private static final long STOP_IDLE_TIMEOUT_MS = 100;

    /** How long a connection may be silent, milliseconds: above the longest wait, so that only dead ones end. */
    private static final long IDLE_TIMEOUT_MS = (long) (Limits.WAIT_SECONDS_MAX * 1000) + 30_000;

    private final Javalin javalin;
    private final Responder responder;
    private final PresenceSockets presence;
    private final AgentEndpoints agents;
    private final Flow flow;

    private HttpServer(
            Javalin javalin, Responder responder, PresenceSockets presence, AgentEndpoints agents, Flow flow) {
        this.javalin = javalin;
        this.responder = responder;
        this.presence = presence;
        this.agents = agents;
        this.flow = flow;
    }

    /**
     * @param serviceId the public key that {@code /health} names
     * @throws PortUnavailableException if the port is taken, or is not for us
     */
    public static HttpServer start(
            BrokerConfig config, Rooms rooms, String serviceId, Optional<TlsCertificate> certificate) {
        AccessCheck access = new AccessCheck(
                rooms.access().gate(),
                new JobOwners(rooms.store()),
                rooms.access().calls(),
                rooms.access().audit());
        Responder responder = new Responder(access, rooms.store().afterCommit(rooms.blocking()));
        NodeCallers callers = new NodeCallers(rooms.nodes().gate(), access);
        PresenceSockets presence = new PresenceSockets(rooms.nodes().presence(), callers, access);
        Flow flow = new Flow();
        Routes routes = new Routes(rooms, callers, presence, responder, flow.transfers(), serviceId);
        Optional<TlsCertificate> given = certificate.filter(TlsCertificate::isGiven);
        OriginGuard guard = new OriginGuard(
                config.host(), given.map(shown -> shown.now().names()).orElse(Set.of()), config.corsOrigins());
        SecurityHeaders headers = new SecurityHeaders(given.isPresent(), guard.isOpen());
        Javalin javalin = Javalin.create(settings -> {
            configure(settings, config, flow, headers);
            settings.jetty.modifyServer(server -> server.setErrorHandler(new MalformedRequests(guard, headers)));
            certificate.ifPresent(shown -> encrypt(settings, config, shown));
            addGuards(settings, guard, access);
            routes.addTo(settings.routes);
            settings.requestLogger.http(new RequestCount(rooms.watch().metrics().http()));
            addErrors(settings);
        });
        try {
            return new HttpServer(javalin.start(), responder, presence, routes.agents(), flow);
        } catch (JavalinException failed) {
            javalin.stop();
            flow.close();
            throw new PortUnavailableException(config.host(), config.port(), failed);
        }
    }

    private static void addGuards(JavalinConfig settings, OriginGuard guard, AccessCheck access) {
        Handler always = request -> {
            guard.check(request);
            Queries.check(request.queryString());
            access.checkAddress(request);
        };
        settings.routes.before(request -> {
            always.handle(request);
            if (request.method().equals(HandlerType.OPTIONS)) {
                OriginGuard.answerPreflight(request);
                request.skipRemainingHandlers();
            }
        });
        settings.routes.beforeMatched(access::check);
        // Upgrades to WebSockets do not pass the filters above.
        settings.routes.wsBeforeUpgrade(request -> {
            always.handle(request);
            access.checkSocket(request);
        });
    }

    private static void encrypt(JavalinConfig settings, BrokerConfig config, TlsCertificate certificate) {
        settings.jetty.addConnector((server, http) -> {
            ServerConnector encrypted = TlsPort.make(server, http, certificate);
            encrypted.setHost(config.host());
            encrypted.setPort(config.port());
            return encrypted;
        });
    }

    private static void configure(JavalinConfig settings, BrokerConfig config, Flow flow, SecurityHeaders headers) {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS_MAX, THREADS_MIN, THREAD_IDLE_MS);
        threads.setName("sandrun-http");
        settings.jetty.threadPool = threads;
        settings.jetty.host = config.host();
        settings.jetty.port = config.port();
        settings.jetty.modifyServer(server -> {
            server.setStopTimeout(STOP_GIVEN_UP_MS);
            flow.addTo(server);
            server.addEventListener(connectorSettings(server));
        });
        settings.jetty.modifyHttpConfiguration(http -> {
            http.setIdleTimeout(IDLE_TIMEOUT_MS);
            http.setSendServerVersion(false);
            http.setRequestHeaderSize(Limits.REQUEST_HEAD_BYTES);
            http.addCustomizer(headers);
        });
        settings.jetty.modifyServletContextHandler(context -> context.setSessionHandler(NoSessions.handler()));
        settings.jetty.modifyWebSocketServletFactory(PresenceSockets::bound);
        settings.startup.showJavalinBanner = false;
        settings.startup.startupWatcherEnabled = false;
        settings.http.prefer405over404 = true;
        settings.http.maxRequestSize = Limits.BODY_BYTES;
        settings.http.defaultContentType = "application/json";
    }

    /**
     * A long queue, and a quick end: connections that only keep alive would hold the stop. The connectors are there
     * once the server runs.
     */
    private static LifeCycle.Listener connectorSettings(Server server) {
        return new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle starting) {
                for (Connector connector : server.getConnectors()) {
                    if (connector instanceof ServerConnector listening) {
                        listening.setAcceptQueueSize(ACCEPT_QUEUE);
                    }
                }
            }

            @Override
            public void lifeCycleStarted(LifeCycle started) {
                for (Connector connector : server.getConnectors()) {
                    if (connector instanceof AbstractConnector listening) {
                        listening.setShutdownIdleTimeout(STOP_IDLE_TIMEOUT_MS);
                    }
                }
            }
        };
    }

    private static void addErrors(JavalinConfig settings) {
        settings.routes.exception(
                HttpResponseException.class, (failure, request) -> Responder.write(request, answer(failure)));
        settings.routes.exception(
                Exception.class, (failure, request) -> Responder.write(request, Errors.answer(failure)));
    }

    /** What Javalin itself refuses. */
    private static Answer answer(HttpResponseException failure) {
        return switch (failure.getStatus()) {
            case 404 -> Errors.error(ErrorCode.NOT_FOUND, "There is no such path.");
            case 405 -> Errors.error(ErrorCode.METHOD_NOT_ALLOWED, Errors.NOT_THIS_VERB);
            default ->
                new Answer(
                        failure.getStatus(),
                        Map.of("error", String.valueOf(failure.getMessage()), "code", "http", "details", Map.of()));
        };
    }

    public int port() {
        return javalin.port();
    }

    /** Requests that are parked must have been answered before: they would hold the stop for its whole timeout. */
    @Override
    public void close() {
        agents.close();
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_TIMEOUT_MS);
        responder.awaitAnswers(STOP_TIMEOUT_MS);
        presence.close();
        flow.cutOffFrom(endNanos);
        try {
            javalin.stop();
        } finally {
            flow.close();
        }
    }
}
