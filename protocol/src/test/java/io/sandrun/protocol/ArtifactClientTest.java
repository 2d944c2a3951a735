package io.sandrun.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes over the wire, looked at byte by byte. */
class ArtifactClientTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Enough to meet the moment at which the connection ends before the cancelled call does. */
    private static final int CANCELS = 300;

    @TempDir
    Path directory;

    private ServerSocket server;
    private ArtifactClient client;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        client = new ArtifactClient(BrokerAddress.of(URI.create("http://127.0.0.1:" + server.getLocalPort())), null);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void an_output_goes_under_its_digest_and_lease_with_its_length() throws Exception {
        Path file = Files.write(directory.resolve("output"), new byte[300]);
        CompletableFuture<String> request = new CompletableFuture<>();
        serve("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", request);
        client.put("a".repeat(64), "lease 1", file).await(PATIENCE);
        assertThat(request.get(20, TimeUnit.SECONDS))
                .startsWith("PUT /artifacts/" + "a".repeat(64) + "?lease=lease+1 HTTP/1.1")
                .containsIgnoringCase("Content-Length: 300\n")
                .endsWith("body: 300");
    }

    @Test
    void an_error_is_told_in_the_brokers_words() throws Exception {
        String body = "{\"error\":\"Not yours.\",\"code\":\"stale_lease\"}";
        serve(
                "HTTP/1.1 409 Conflict\r\nContent-Length: " + body.length() + "\r\n\r\n" + body,
                new CompletableFuture<>());
        ArtifactTransfer transfer = client.get("a".repeat(64), "lease", bytes -> {});
        assertThatThrownBy(() -> transfer.await(PATIENCE)).isInstanceOfSatisfying(BrokerException.class, e -> {
            assertThat(e.is(ErrorCode.STALE_LEASE)).isTrue();
            assertThat(e.isRetryable()).isFalse();
        });
    }

    @Test
    void a_transfer_that_takes_too_long_is_given_up() throws Exception {
        serve("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", new CompletableFuture<>());
        ArtifactTransfer transfer = client.get("a".repeat(64), "lease", bytes -> bytes.position(bytes.limit()));
        assertThatThrownBy(() -> transfer.await(Duration.ofMillis(200))).hasMessageContaining("took too long");
    }

    @Test
    void a_cancelled_transfer_frees_whoever_waits_for_it() throws Exception {
        serve("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", new CompletableFuture<>());
        CompletableFuture<Integer> arrived = new CompletableFuture<>();
        ArtifactTransfer transfer = client.get("a".repeat(64), "lease", bytes -> arrived.complete(bytes.remaining()));
        var unused = arrived.thenRun(transfer::cancel);
        assertThatThrownBy(() -> transfer.await(PATIENCE)).isInstanceOf(CancellationException.class);
    }

    @Test
    void a_cancel_is_never_taken_for_a_broken_connection() throws Exception {
        server.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
        Path file = Files.write(directory.resolve("output"), new byte[8_000_000]);
        int cancelled = 0;
        for (int round = 0; cancelled < CANCELS && round < 2 * CANCELS; round++) {
            ArtifactTransfer transfer = client.put("a".repeat(64), "lease", file);
            try (Socket stalled = server.accept()) {
                boolean begins = begins(stalled);
                var unused = CompletableFuture.runAsync(transfer::cancel);
                if (begins) {
                    assertThatThrownBy(() -> transfer.await(PATIENCE)).isInstanceOf(CancellationException.class);
                    cancelled++;
                }
            }
        }
        // Now and then the JDK's client goes on with what was cancelled in the next request's place: that one counts
        // for nothing here, and on the wire it is a broken upload, which its digest tells.
        assertThat(cancelled).isEqualTo(CANCELS);
    }

    private static boolean begins(Socket connection) throws IOException {
        connection.setSoTimeout(2_000);
        try {
            return connection.getInputStream().read() == 'P';
        } catch (SocketTimeoutException silent) {
            return false;
        }
    }

    @Test
    void a_sink_that_fails_ends_the_transfer_with_its_words() throws Exception {
        serve("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour", new CompletableFuture<>());
        ArtifactTransfer transfer = client.get("a".repeat(64), "lease", bytes -> {
            throw new IOException("the disk is full");
        });
        assertThatThrownBy(() -> transfer.await(PATIENCE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the disk is full");
    }

    /** Answers one request without reading its body first; then tells the request and how much of its body came. */
    private void serve(String answer, CompletableFuture<String> told) {
        Thread thread = new Thread(() -> {
            try (Socket socket = server.accept()) {
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
                StringBuilder request = new StringBuilder();
                for (String line = reader.readLine(); !line.isEmpty(); line = reader.readLine()) {
                    request.append(line).append('\n');
                }
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
                socket.getOutputStream().flush();
                long sent = 0;
                while (reader.read() >= 0) {
                    sent++;
                }
                told.complete(request + "body: " + sent);
            } catch (IOException broken) {
                told.completeExceptionally(broken);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
