package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.broker.BrokerUnderTest.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Web pages may use the broker only if they come from here, or its owner says so. */
class OriginGuardTest {
    private static BrokerUnderTest broker;

    @BeforeAll
    static void start(@TempDir Path directory) {
        broker = BrokerUnderTest.start(
                directory, settings -> settings.corsOrigins(List.of("https://console.example.org")));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static Reply ask(String path, String origin) {
        return broker.send(broker.request(path).header("Origin", origin).GET());
    }

    private static String allowed(Reply reply) {
        return reply.raw().headers().firstValue("Access-Control-Allow-Origin").orElse("none");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:3000",
                "http://127.0.0.1",
                "https://localhost",
                "http://[::1]:8080",
                "https://console.example.org"
            })
    void an_allowed_origin_can_read_every_answer_errors_too(String origin) {
        assertThat(allowed(ask("/health", origin))).isEqualTo(origin);
        assertThat(allowed(ask("/nowhere", origin))).isEqualTo(origin);
        assertThat(allowed(ask("/status/pool-x", origin))).isEqualTo(origin);
        assertThat(allowed(ask("/submit", origin))).isEqualTo(origin);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "null",
                "http://localhost.evil.example",
                "http://127.0.0.1.evil.example",
                "file://",
                "https://console.example.org.evil.example",
                "%%%"
            })
    void a_foreign_origin_is_refused(String origin) {
        Reply reply = broker.send(broker.request("/submit")
                .header("Origin", origin)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"code\":\"print(1)\"}")));
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.text("code")).isEqualTo("origin_refused");
        assertThat(allowed(reply)).isEqualTo("none");
        assertThat(broker.get("/health").body().path("jobs").asInt()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/submit", "/status/x", "/nowhere", "/"})
    void a_preflight_is_answered_on_every_path(String path) {
        Reply reply = broker.send(broker.request(path)
                .header("Origin", "http://localhost:3000")
                .header("Access-Control-Request-Method", "POST")
                .method("OPTIONS", BodyPublishers.noBody()));
        assertThat(reply.status()).isEqualTo(204);
        assertThat(allowed(reply)).isEqualTo("http://localhost:3000");
        assertThat(reply.raw()
                        .headers()
                        .firstValue("Access-Control-Allow-Headers")
                        .orElse(""))
                .containsIgnoringCase("content-type");
        assertThat(reply.raw().headers().firstValue("Access-Control-Max-Age")).isPresent();
    }

    @Test
    void a_foreign_host_is_refused_and_our_own_names_are_not() throws IOException {
        assertThat(statusWithHost("rebound.example")).isEqualTo("403");
        assertThat(statusWithHost("rebound.example:8000")).isEqualTo("403");
        assertThat(statusWithHost("192.0.2.1")).isEqualTo("403");
        assertThat(statusWithHost("localhost")).isEqualTo("200");
        assertThat(statusWithHost("LOCALHOST:8000")).isEqualTo("200");
        assertThat(statusWithHost("[::1]:8000")).isEqualTo("200");
    }

    @Test
    void listening_beyond_loopback_must_be_said_in_so_many_words(@TempDir Path directory) {
        assertThatThrownBy(() -> BrokerUnderTest.start(directory, settings -> settings.host("0.0.0.0")))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("--allow-anonymous");
    }

    private static String statusWithHost(String host) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
            socket.setSoTimeout(10_000);
            String request = "GET /health HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.split(" ", 3)[1];
        }
    }
}
