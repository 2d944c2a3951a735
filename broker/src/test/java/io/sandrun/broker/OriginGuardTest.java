package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.tls.TestCertificates;
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
import org.junit.jupiter.params.provider.CsvSource;
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
                "http://localhost.:3000",
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
                "",
                "http://192.0.2.1:8000",
                "http://localhost@evil.example",
                "http://evil.example#localhost",
                "https://console.example.org:444",
                "http://console.example.org",
                "chrome-extension://abcdefgh",
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
        assertThat(statusWithHost("rebound.example")).isEqualTo(403);
        assertThat(statusWithHost("rebound.example:8000")).isEqualTo(403);
        assertThat(statusWithHost("192.0.2.1")).isEqualTo(403);
        assertThat(statusWithHost("localhost")).isEqualTo(200);
        assertThat(statusWithHost("LOCALHOST:8000")).isEqualTo(200);
        assertThat(statusWithHost("[::1]:8000")).isEqualTo(200);
        assertThat(statusWithHost("[::1]")).isEqualTo(200);
        assertThat(statusWithHost("127.0.0.1:1")).isEqualTo(200);
        assertThat(statusWithHost("localhost.")).isEqualTo(200);
        assertThat(statusWithHost("localhost.:8000")).isEqualTo(200);
        assertThat(statusWithHost("console.example.org")).isEqualTo(200);
        assertThat(statusWithHost("rebound.example.")).isEqualTo(403);
        assertThat(statusWithHost("localhost.rebound.example")).isEqualTo(403);
        assertThat(statusWithHost("127.0.0.1.rebound.example")).isEqualTo(403);
        assertThat(statusWithHost("0.0.0.0")).isEqualTo(403);
        assertThat(statusWithHost("[::1")).isNotEqualTo(200);
        assertThat(statusWithHost("localhost\r\nHost: rebound.example")).isEqualTo(400);
    }

    @Test
    void a_host_in_the_address_counts_as_much_as_the_one_in_the_header() throws IOException {
        assertThat(RawHttp.ask(broker.port(), "GET http://rebound.example/health HTTP/1.1", "Host: localhost")
                        .status())
                .isNotEqualTo(200);
        assertThat(RawHttp.ask(broker.port(), "GET http://rebound.example/health HTTP/1.1", "Host: rebound.example")
                        .status())
                .isEqualTo(403);
    }

    /** What a form or a script without CORS can send: no preflight goes before it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "application/json"
            })
    void what_a_foreign_page_sends_without_asking_is_refused(String type) throws IOException {
        String body = type.startsWith("multipart")
                ? "--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"main.py\"\r\n\r\n1\r\n--x--\r\n"
                : "{\"code\":\"print(1)\"}";
        for (String path : List.of("/submit", "/run", "/submit/batch", "/cancel/pool-x", "/nodes/x/drain")) {
            String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: " + type
                    + "\r\nContent-Length: " + body.length() + "\r\n";
            assertThat(RawHttp.send(broker.port(), head + "Origin: https://evil.example\r\n\r\n" + body)
                            .status())
                    .isEqualTo(403);
            assertThat(RawHttp.send(broker.port(), head + "Origin: null\r\n\r\n" + body)
                            .status())
                    .isEqualTo(403);
            assertThat(RawHttp.send(broker.port(), head + "Sec-Fetch-Site: cross-site\r\n\r\n" + body)
                            .status())
                    .isEqualTo(403);
        }
        assertThat(broker.get("/health").body().path("jobs").asInt()).isZero();
    }

    @Test
    void a_foreign_page_cannot_watch_logs_by_a_web_socket_or_events() throws IOException {
        String jobId = broker.submit("print(1)");
        String path = "/logs/" + jobId + "/stream";
        for (String other : List.of(path, "/stream/" + jobId, "/ws/" + jobId, "/nodes/x/presence")) {
            for (String origin : List.of("https://evil.example", "null", "http://localhost.evil.example")) {
                assertThat(RawHttp.upgrade(broker.port(), other, "Origin: " + origin)
                                .status())
                        .as("%s from %s", other, origin)
                        .isEqualTo(403);
            }
        }
        assertThat(RawHttp.upgrade(broker.port(), path, "Origin: http://localhost:3000")
                        .status())
                .isEqualTo(101);
        RawHttp events = RawHttp.ask(
                broker.port(), "GET " + path + " HTTP/1.1", "Host: localhost", "Origin: https://evil.example");
        assertThat(events.status()).isEqualTo(403);
        assertThat(events.body()).contains("origin_refused");
        broker.post("/cancel/" + jobId, "");
    }

    @ParameterizedTest
    @CsvSource({
        "cross-site, no-cors, 403",
        "cross-site, cors, 403",
        "cross-site, websocket, 403",
        "cross-site, navigate, 200",
        "same-site, no-cors, 200",
        "same-origin, cors, 200",
        "none, navigate, 200"
    })
    void a_page_of_another_site_may_link_here_and_not_embed(String site, String mode, int status) throws IOException {
        RawHttp answer = RawHttp.ask(
                broker.port(),
                "GET /health HTTP/1.1",
                "Host: localhost",
                "Sec-Fetch-Site: " + site,
                "Sec-Fetch-Mode: " + mode);
        assertThat(answer.status()).isEqualTo(status);
    }

    @Test
    void a_preflight_names_what_a_page_may_send_and_a_foreign_one_is_refused() throws IOException {
        String[] asking = {
            "OPTIONS /artifacts/x HTTP/1.1",
            "Host: localhost",
            "Access-Control-Request-Method: PUT",
            "Access-Control-Request-Headers: x-api-key, authorization",
            "Access-Control-Request-Private-Network: true",
            "Origin: https://console.example.org"
        };
        RawHttp allowed = RawHttp.ask(broker.port(), asking);
        assertThat(allowed.status()).isEqualTo(204);
        assertThat(allowed.all("Access-Control-Allow-Methods").get(0).split(", "))
                .contains("GET", "POST", "PUT", "DELETE");
        assertThat(allowed.all("Access-Control-Allow-Headers").get(0).split(", "))
                .contains("X-API-Key", "Authorization", "Content-Type", "Idempotency-Key");
        assertThat(allowed.all("Access-Control-Allow-Private-Network")).containsExactly("true");
        assertThat(allowed.all("Vary")).contains("Origin");
        asking[5] = "Origin: https://evil.example";
        RawHttp refused = RawHttp.ask(broker.port(), asking);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.headers()).noneMatch(line -> line.startsWith("Access-Control-Allow"));
    }

    @Test
    void a_star_lets_every_origin_read_and_no_foreign_host_in(@TempDir Path directory) throws IOException {
        try (BrokerUnderTest open = BrokerUnderTest.start(directory, settings -> settings.corsOrigins(List.of("*")))) {
            RawHttp answer = RawHttp.ask(
                    open.port(), "GET /nowhere HTTP/1.1", "Host: localhost", "Origin: https://anywhere.example");
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.all("Access-Control-Allow-Origin")).containsExactly("*");
            assertThat(answer.all("Access-Control-Allow-Credentials")).isEmpty();
            assertThat(answer.all("Cross-Origin-Resource-Policy")).containsExactly("cross-origin");
            assertThat(RawHttp.ask(open.port(), "GET / HTTP/1.1", "Host: rebound.example")
                            .status())
                    .isEqualTo(403);
        }
    }

    @Test
    void the_names_of_a_given_certificate_are_ours(@TempDir Path directory) throws Exception {
        Path certificate = directory.resolve("cert.pem");
        Path key = directory.resolve("key.pem");
        new TestCertificates("Authority").issue("EC", "broker.example").write(certificate, key);
        BrokerConfig config = BrokerConfig.builder(directory.resolve("data"))
                .port(0)
                .tlsCertificate(certificate)
                .tlsKey(key)
                .build();
        try (Broker given = Broker.start(config);
                Socket socket = given.address()
                        .trust()
                        .context()
                        .getSocketFactory()
                        .createSocket(InetAddress.getLoopbackAddress(), given.port())) {
            socket.setSoTimeout(10_000);
            String head = "GET /health HTTP/1.1\r\nHost: Broker.Example\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void listening_beyond_loopback_must_be_said_in_so_many_words(@TempDir Path directory) {
        assertThatThrownBy(() -> BrokerUnderTest.start(directory, settings -> settings.host("0.0.0.0")))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("--allow-anonymous");
    }

    private static int statusWithHost(String host) throws IOException {
        return RawHttp.ask(broker.port(), "GET /health HTTP/1.1", "Host: " + host)
                .status();
    }
}
