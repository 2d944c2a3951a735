package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.tls.BrokerTrust;
import io.sandrun.protocol.tls.Fingerprint;
import io.sandrun.protocol.tls.ShownCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A broker with a certificate that it made for itself, and who may speak to it. */
class TlsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Fingerprint OTHER = new Fingerprint("ab".repeat(32));

    @TempDir
    static Path directory;

    private static Broker broker;

    @BeforeAll
    static void start() {
        broker = start(directory);
    }

    private static Broker start(Path data) {
        return Broker.start(BrokerConfig.builder(data).port(0).tls(true).build());
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static BrokerClient client(String host, BrokerTrust trust) {
        URI url = URI.create("https://" + host + ":" + broker.port());
        return new BrokerClient(BrokerAddress.of(url).withTrust(trust), null);
    }

    private static BrokerTrust pinned(Fingerprint... pins) {
        return BrokerTrust.pinned(Set.of(pins));
    }

    private static Fingerprint own() {
        return broker.fingerprint().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost"})
    void one_who_has_pinned_the_certificate_is_served(String host) throws Exception {
        BrokerClient client = client(host, pinned(own()));
        String jobId = client.submit(Json.MAPPER.createObjectNode().put("code", "print(1)"))
                .path("job_id")
                .asText();
        assertThat(client.status(jobId, 0).path("state").asText()).isEqualTo("pending");
        assertThat(client(host, pinned(OTHER, own()))
                        .status(jobId, 0)
                        .path("job_id")
                        .asText())
                .isEqualTo(jobId);
    }

    @Test
    void another_pin_is_refused_with_both_fingerprints() {
        assertThatThrownBy(() -> client("127.0.0.1", pinned(OTHER)).health(TIMEOUT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(own().toString())
                .hasMessageContaining(OTHER.toString())
                .hasMessageContaining("is pinned")
                .hasMessageContaining("--fingerprint");
    }

    @Test
    void one_who_has_pinned_nothing_is_told_how_to() {
        assertThatThrownBy(() -> client("127.0.0.1", BrokerTrust.OF_SYSTEM).health(TIMEOUT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nobody whom this machine trusts vouches for its certificate")
                .hasMessageContaining(own().toString())
                .hasMessageContaining("--fingerprint")
                .hasMessageContaining("--ca");
    }

    @Test
    void the_certificate_itself_can_be_the_authority_for_the_names_of_this_machine() throws Exception {
        BrokerTrust trust = BrokerTrust.authorities(directory.resolve("broker-tls.pem"));
        assertThat(client("localhost", trust).health(TIMEOUT).path("status").asText())
                .isEqualTo("healthy");
        assertThat(client("127.0.0.1", trust).health(TIMEOUT).path("status").asText())
                .isEqualTo("healthy");
    }

    @Test
    void what_is_shown_can_be_looked_at() throws Exception {
        assertThat(ShownCertificate.at(URI.create(broker.url()))).isEqualTo(own());
    }

    @Test
    void the_key_is_its_owners_alone_and_stays(@TempDir Path data) throws Exception {
        Fingerprint first;
        try (Broker once = start(data)) {
            first = once.fingerprint().orElseThrow();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("broker-tls.pem"))))
                .isEqualTo("rw-------");
        try (Broker again = start(data)) {
            assertThat(again.fingerprint()).contains(first).isNotEqualTo(broker.fingerprint());
        }
    }

    @Test
    void whoever_speaks_http_in_clear_is_told_that_the_port_does_not() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            write(
                    socket,
                    "POST /submit HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n{\"code\":\"print(1)\"}");
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .startsWith("HTTP/1.1 400")
                    .contains("\"code\":\"malformed_request\"")
                    .contains("https://");
        }
    }

    @Test
    void plain_http_of_our_client_fails_with_that_sentence() {
        BrokerClient client = new BrokerClient(URI.create("http://127.0.0.1:" + broker.port()));
        assertThatThrownBy(() -> client.health(TIMEOUT)).hasMessageContaining("https://");
    }

    @Test
    void old_ciphers_are_refused_and_new_ones_taken() throws Exception {
        assertThat(negotiate("TLSv1.3", "TLS_AES_128_GCM_SHA256")).isEqualTo("TLSv1.3");
        assertThat(negotiate("TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"))
                .isEqualTo("TLSv1.2");
        assertThatThrownBy(() -> negotiate("TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"))
                .isInstanceOf(SSLException.class);
    }

    private static String negotiate(String protocol, String cipher) throws Exception {
        try (SSLSocket socket = (SSLSocket) pinned(own())
                .context()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), broker.port())) {
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            socket.setEnabledProtocols(new String[] {protocol});
            socket.setEnabledCipherSuites(new String[] {cipher});
            socket.startHandshake();
            return socket.getSession().getProtocol();
        }
    }

    /** More of them than the server has threads. */
    @Test
    void handshakes_that_stall_hold_up_nobody_and_end() throws Exception {
        List<Socket> stalled = new ArrayList<>();
        try {
            for (int count = 0; count < 250; count++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port());
                socket.setSoTimeout((int) TIMEOUT.toMillis());
                stalled.add(socket);
                // The head of a record with a ClientHello of 512 bytes, and its first.
                socket.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1});
            }
            assertThat(client("127.0.0.1", pinned(own()))
                            .health(TIMEOUT)
                            .path("status")
                            .asText())
                    .isEqualTo("healthy");
            for (Socket socket : stalled) {
                assertThat(readToEnd(socket)).as("alert or nothing").isLessThan(100);
            }
        } finally {
            for (Socket socket : stalled) {
                socket.close();
            }
        }
    }

    private static int readToEnd(Socket socket) {
        try (InputStream in = socket.getInputStream()) {
            return in.readAllBytes().length;
        } catch (SocketTimeoutException goesOn) {
            throw new AssertionError("the connection is still open", goesOn);
        } catch (IOException reset) {
            return 0;
        }
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
