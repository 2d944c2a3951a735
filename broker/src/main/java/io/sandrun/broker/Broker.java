package io.sandrun.broker;

import io.sandrun.broker.http.HttpServer;
import io.sandrun.broker.store.WriteObserver;
import io.sandrun.broker.tls.TlsCertificate;
import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.identity.ApiKey;
import io.sandrun.protocol.tls.BrokerTrust;
import io.sandrun.protocol.tls.Fingerprint;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running broker: the list of everything that has threads, files or ports. How its rooms are put together, is in
 * {@link Composition}.
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

    /** The directory of the audit log, beside it. */
    public static final String AUDIT = "audit";

    /** The directory of artifacts, beside it. */
    public static final String ARTIFACTS = "artifacts";

    /** Beside them the certificate that it makes for itself, with its key. */
    public static final String CERTIFICATE = "broker-tls.pem";

    private final BrokerConfig config;
    private final Deque<AutoCloseable> services = new ArrayDeque<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Optional<TlsCertificate> certificate;
    private final HttpServer http;
    private final ApiKey localNodeKey;

    private Broker(BrokerConfig config, Clock clock, WriteObserver observer) {
        this.config = config;
        try {
            started(DataDirectoryLock.take(config.dataDirectory()));
            this.certificate = TlsCertificate.open(
                    config.tls(), config.dataDirectory().resolve(CERTIFICATE), config.host(), clock);
            Composition composition = new Composition(config, clock, observer, services::push);
            config.requireGuarded(composition.keys().areInUse());
            this.localNodeKey = composition.keys().ofLocalNode();
            this.http = serve(composition);
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

    private HttpServer serve(Composition composition) {
        HttpServer server =
                started(HttpServer.start(config, composition.rooms(), composition.serviceId(), certificate));
        certificate.ifPresent(composition::lookAfter);
        composition.waitingRooms().forEach(this::started);
        certificate.ifPresent(
                shown -> LOG.info("The certificate is {}", shown.now().fingerprint()));
        config.warnings().forEach(warning -> LOG.warn("{}", warning));
        LOG.info("Broker serves {} with data in {}", url(server), config.dataDirectory());
        return server;
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
        return (certificate.isPresent() ? "https://" : "http://") + host + ":" + server.port();
    }

    /** Where it is reached, and by what it is known there. */
    public BrokerAddress address() {
        BrokerAddress address = BrokerAddress.of(URI.create(url()));
        return fingerprint()
                .map(shown -> address.withTrust(BrokerTrust.pinned(Set.of(shown))))
                .orElse(address);
    }

    /** Of the certificate that it shows now; empty without TLS. */
    public Optional<Fingerprint> fingerprint() {
        return certificate.map(shown -> shown.now().fingerprint());
    }

    /** The API key of a node in this process, which works here whatever keys there are. */
    public ApiKey localNodeKey() {
        return localNodeKey;
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
