package io.sandrun.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long a node's calls wait for a broker that is there and does not do what it should. */
class ShortCallsTest {
    private static final int PATIENCE_SECONDS = 20;
    private static final byte[] SMALL = "{}".getBytes(StandardCharsets.UTF_8);

    /** More than the system takes on its way. */
    private static final byte[] LARGE = new byte[64 << 20];

    private ServerSocket server;
    private URI address;
    private ShortCalls calls;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        address = URI.create("http://127.0.0.1:" + server.getLocalPort());
        calls = new ShortCalls(BrokerAddress.of(address));
    }

    @AfterEach
    void stop() throws IOException {
        calls.close();
        server.close();
    }

    private HttpRequest within(Duration timeout) {
        return HttpRequest.newBuilder(address.resolve("/complete"))
                .method("POST", HttpRequest.BodyPublishers.noBody())
                .timeout(timeout)
                .build();
    }

    private CompletableFuture<HttpResponse<byte[]>> sent(byte[] body, Duration timeout) {
        return calls.sendLater(within(timeout), body);
    }

    @Test
    void a_broker_that_reads_nothing_is_not_waited_for() {
        assertThatThrownBy(() -> sent(LARGE, Duration.ofMillis(200)).get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .hasCauseInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void a_broker_that_answers_nothing_is_not_waited_for() {
        assertThatThrownBy(() -> sent(SMALL, Duration.ofMillis(200)).get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .hasCauseInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void a_call_that_is_given_up_takes_its_connection_with_it() throws Exception {
        CompletableFuture<HttpResponse<byte[]>> call = sent(SMALL, Duration.ofSeconds(PATIENCE_SECONDS));
        try (Socket connection = server.accept()) {
            connection.setSoTimeout(PATIENCE_SECONDS * 1_000);
            assertThat(connection.getInputStream().read()).isEqualTo('P');
            call.cancel(true);
            connection.getInputStream().readAllBytes();
        }
    }

    @Test
    void much_is_sent_to_a_broker_that_reads() throws Exception {
        CompletableFuture<HttpResponse<byte[]>> call = sent(LARGE, Duration.ofSeconds(PATIENCE_SECONDS));
        try (Socket connection = server.accept()) {
            connection.getInputStream().skipNBytes(LARGE.length);
            connection
                    .getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".getBytes(StandardCharsets.US_ASCII));
            assertThat(call.get(PATIENCE_SECONDS, TimeUnit.SECONDS).body()).isEqualTo(SMALL);
        }
    }
}
