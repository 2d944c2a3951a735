package io.sandrun.broker.http;

import io.sandrun.broker.tls.TlsCertificate;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.DetectorConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * A port on which the broker speaks TLS, 1.2 or later and HTTP/1.1 inside. Whoever speaks HTTP in clear there is told
 * so. A handshake holds no thread while it waits for its other side, and does not wait for long.
 */
final class TlsPort {
    private static final String HTTP = "http/1.1";

    /** A handshake is two or three messages, also over a bad line. */
    private static final long HANDSHAKE_MS = 10_000;

    /** With keys of their own for each connection, and ciphers that authenticate what they encrypt. */
    private static final String[] CIPHERS = {
        "TLS_AES_.*", "TLS_CHACHA20_.*", "TLS_ECDHE_.*_GCM_.*", "TLS_ECDHE_.*_CHACHA20_.*"
    };

    private TlsPort() {}

    /** A connector with neither host nor port yet. */
    static ServerConnector make(Server server, HttpConfiguration http, TlsCertificate certificate) {
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setSslContext(certificate.now().context());
        context.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        context.setExcludeProtocols();
        context.setIncludeCipherSuites(CIPHERS);
        context.setExcludeCipherSuites();
        context.setUseCipherSuitesOrder(true);
        context.setRenegotiationAllowed(false);
        certificate.onChange(next -> renew(context, certificate));
        HttpConfiguration inside = new HttpConfiguration(http);
        // Clients that pin a certificate may call the broker by any name.
        inside.addCustomizer(new SecureRequestCustomizer(false));
        SslConnectionFactory tls = new BoundedHandshakes(context);
        return new ServerConnector(server, new TlsOrRefusal(tls, refusing(http)), new HttpConnectionFactory(inside));
    }

    private static void renew(SslContextFactory.Server context, TlsCertificate certificate) {
        try {
            context.reload(again -> again.setSslContext(certificate.now().context()));
        } catch (Exception impossible) {
            throw new IllegalStateException("a certificate that was tried cannot be used", impossible);
        }
    }

    /** For requests in clear: they are read as far as their headers, and nothing is done. */
    private static HttpConfiguration refusing(HttpConfiguration http) {
        HttpConfiguration refusing = new HttpConfiguration(http);
        refusing.addCustomizer((request, headers) -> {
            throw new HttpException.RuntimeException(
                    400, "this port speaks TLS, so that its address begins with https:// and not with http://");
        });
        return refusing;
    }

    /** Looks at the first bytes of a connection. */
    private static final class TlsOrRefusal extends DetectorConnectionFactory {
        private final HttpConnectionFactory refusal;

        TlsOrRefusal(SslConnectionFactory tls, HttpConfiguration refusing) {
            super(tls);
            this.refusal = new HttpConnectionFactory(refusing);
            addBean(refusal);
        }

        @Override
        protected void nextProtocol(Connector connector, EndPoint endPoint, ByteBuffer read) {
            upgradeToConnectionFactory(refusal, connector, endPoint);
        }
    }

    /** Ends connections whose handshake takes too long, however busy they are with it. */
    private static final class BoundedHandshakes extends SslConnectionFactory {
        BoundedHandshakes(SslContextFactory.Server context) {
            super(context, HTTP);
        }

        @Override
        public Connection newConnection(Connector connector, EndPoint endPoint) {
            Connection connection = super.newConnection(connector, endPoint);
            Scheduler.Task end =
                    connector.getScheduler().schedule(endPoint::close, HANDSHAKE_MS, TimeUnit.MILLISECONDS);
            if (connection instanceof SslConnection handshaking) {
                handshaking.addHandshakeListener(new SslHandshakeListener() {
                    @Override
                    public void handshakeSucceeded(Event event) {
                        end.cancel();
                    }

                    @Override
                    public void handshakeFailed(Event event, Throwable failure) {
                        end.cancel();
                    }
                });
            }
            return connection;
        }
    }
}
