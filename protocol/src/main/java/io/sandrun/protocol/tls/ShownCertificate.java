package io.sandrun.protocol.tls;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/**
 * Looks what certificate is shown at an address, by a handshake that trusts nobody and so ends there: nothing is sent.
 */
public final class ShownCertificate {
    private static final int HTTPS_PORT = 443;
    private static final int TIMEOUT_MS = 10_000;

    private ShownCertificate() {}

    /** @throws IOException if nobody answers there, or not with TLS; the message says which */
    public static Fingerprint at(URI url) throws IOException {
        String host = url.getHost();
        int port = url.getPort() < 0 ? HTTPS_PORT : url.getPort();
        try (Socket plain = new Socket()) {
            plain.setSoTimeout(TIMEOUT_MS);
            plain.connect(new InetSocketAddress(host.replaceAll("[\\[\\]]", ""), port), TIMEOUT_MS);
            return shown(plain, host, port);
        } catch (UnknownHostException unknown) {
            throw new IOException("There is no host %s.".formatted(host), unknown);
        } catch (SSLException noTls) {
            throw new IOException("%s:%d does not speak TLS (%s).".formatted(host, port, noTls.getMessage()), noTls);
        } catch (IOException silent) {
            throw new IOException("Nobody answers at %s:%d (%s).".formatted(host, port, silent.getMessage()), silent);
        }
    }

    private static Fingerprint shown(Socket plain, String host, int port) throws IOException {
        var sockets = BrokerTrust.OF_NOBODY.context().getSocketFactory();
        try (SSLSocket socket = (SSLSocket) sockets.createSocket(plain, host, port, true)) {
            socket.startHandshake();
            throw new SSLException("no certificate is shown");
        } catch (SSLException refused) {
            return CertificateRefusedException.in(refused)
                    .map(CertificateRefusedException::shown)
                    .orElseThrow(() -> refused);
        }
    }
}
