package io.sandrun.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sandrun.benchmarks.HttpConnection.Reply;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against the JDK's own server. */
final class HttpConnectionTest {
    private final Set<Integer> clientPorts = ConcurrentHashMap.newKeySet();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/length", exchange -> answer(exchange, 200, 0));
        server.createContext("/chunks", exchange -> answer(exchange, 200, 1));
        server.createContext("/missing", exchange -> answer(exchange, 404, 0));
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** Says what it got. */
    private void answer(HttpExchange exchange, int status, int chunked) throws IOException {
        clientPorts.add(exchange.getRemoteAddress().getPort());
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        byte[] said = (exchange.getRequestMethod() + " " + type + " " + body).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, chunked == 1 ? 0 : said.length);
        exchange.getResponseBody().write(said);
        exchange.close();
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Test
    void requests_follow_each_other_on_one_connection() throws IOException {
        try (HttpConnection connection = HttpConnection.open(url())) {
            assertThat(connection.post("/length", "{\"a\":\"ü\"}").orThrow())
                    .isEqualTo("POST application/json {\"a\":\"ü\"}");
            assertThat(connection.get("/length").orThrow()).isEqualTo("GET null ");
            String large = "x".repeat(200_000);
            assertThat(connection.post("/chunks", large).orThrow()).endsWith(large);
            assertThat(connection.post("/length", large).orThrow()).endsWith(large);
        }
        assertThat(clientPorts).hasSize(1);
    }

    @Test
    void another_status_is_an_answer_until_one_insists() throws IOException {
        try (HttpConnection connection = HttpConnection.open(url())) {
            Reply reply = connection.get("/missing");
            assertThat(reply.status()).isEqualTo(404);
            assertThatThrownBy(reply::orThrow).isInstanceOf(IOException.class).hasMessageContaining("404");
        }
    }

    @Test
    void an_answer_that_breaks_off_is_an_error() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HttpConnection connection =
                        HttpConnection.open(URI.create("http://127.0.0.1:" + listener.getLocalPort()))) {
            CompletableFuture<Void> breaking = CompletableFuture.runAsync(() -> breakOff(listener));
            assertThatThrownBy(() -> connection.get("/")).isInstanceOf(EOFException.class);
            breaking.join();
        }
    }

    private static void breakOff(ServerSocket listener) {
        try (Socket socket = listener.accept()) {
            String half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
            socket.getOutputStream().write(half.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    @Test
    void fields_are_found_by_their_names() {
        String json = "{\"id\":\"a\",\"jobs\":[{\"id\":\"b\",\"lease_id\":\"c\"},{\"id\":\"\"}]}";
        assertThat(Texts.of(json, "id")).containsExactly("a", "b", "");
        assertThat(Texts.of(json, "lease_id")).containsExactly("c");
        assertThat(Texts.of(json, "none")).isEmpty();
    }
}
