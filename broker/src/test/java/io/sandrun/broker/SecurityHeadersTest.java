package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.broker.tls.TestCertificates;
import io.sandrun.protocol.BrokerAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is answered, a browser is told to run, embed, keep and guess nothing of it. */
class SecurityHeadersTest {
    private static final String PAGE_ELSEWHERE = "http://localhost:3000";

    private static BrokerUnderTest broker;
    private static String jobId;

    @BeforeAll
    static void start(@TempDir Path directory) {
        broker = BrokerUnderTest.start(directory);
        ScriptedNode node = ScriptedNode.register(broker, "one", Map.of("features", List.of("files")));
        broker.submit(Map.of("code", "1", "outputs", List.of("*")));
        Job job = node.claimOne();
        jobId = job.id();
        FilesOfNode files = new FilesOfNode(node, job)
                .with("page.html", "<script>alert(1)</script>".getBytes(StandardCharsets.UTF_8));
        for (String name : List.of("plot.svg", "Script.JS", "module.mjs", "data.bin")) {
            files.with(name, name.getBytes(StandardCharsets.UTF_8));
        }
        files.report();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** Routes and what is no route; JOB stands for a job that has ended. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET / HTTP/1.1|200",
                "GET /health HTTP/1.1|200",
                "GET /nodes HTTP/1.1|200",
                "GET /environments HTTP/1.1|200",
                "GET /jobs HTTP/1.1|200",
                "GET /jobs?limit=x HTTP/1.1|400",
                "GET /status/JOB HTTP/1.1|200",
                "GET /results/JOB HTTP/1.1|200",
                "GET /logs/JOB HTTP/1.1|200",
                "GET /logs/JOB?format=text HTTP/1.1|200",
                "GET /logs/JOB/stream HTTP/1.1|200",
                "GET /outputs/JOB HTTP/1.1|200",
                "GET /outputs/JOB/page.html HTTP/1.1|200",
                "HEAD /outputs/JOB/page.html HTTP/1.1|200",
                "GET /outputs/JOB/none.html HTTP/1.1|404",
                "GET /download/JOB/page.html HTTP/1.1|200",
                "GET /download/JOB HTTP/1.1|200",
                "GET /status/none HTTP/1.1|404",
                "GET /nowhere HTTP/1.1|404",
                "GET /submit HTTP/1.1|405",
                "DELETE /status/none HTTP/1.1|405",
                "HEAD / HTTP/1.1|405",
                "HEAD /status/none HTTP/1.1|405",
                "POST /submit HTTP/1.1|400",
                "POST /run HTTP/1.1|400",
                "POST /cancel/none HTTP/1.1|404",
                "POST /claim HTTP/1.1|400",
                "POST /register HTTP/1.1|400",
                "GET /artifacts/0123?lease=none HTTP/1.1|409",
                "OPTIONS /submit HTTP/1.1|204",
                "GET /jobs?label=%zz HTTP/1.1|400",
            })
    void every_answer_says_so(String line, int status) throws Exception {
        RawHttp answer =
                RawHttp.ask(broker.port(), line.replace("JOB", jobId), "Host: localhost", "Origin: " + PAGE_ELSEWHERE);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        guarded(answer);
        assertThat(answer.all("Cache-Control")).hasSize(1).allMatch(value -> value.contains("no-store"));
        assertThat(answer.all("Access-Control-Allow-Origin")).containsExactly(PAGE_ELSEWHERE);
    }

    /** These are refused at their first line, before it is known who asks. */
    @ParameterizedTest
    @CsvSource({
        "GET /a%zz HTTP/1.1,400",
        "GET /%2e%2e/%00 HTTP/1.1,400",
        "GET / HTTP/9.9,505",
        "G\u0001T / HTTP/1.1,400"
    })
    void what_is_no_http_is_told_so_too(String line, int status) throws Exception {
        RawHttp answer = RawHttp.ask(broker.port(), line, "Host: localhost");
        assertThat(answer.status()).isEqualTo(status);
        guarded(answer);
    }

    private static void guarded(RawHttp answer) {
        assertThat(answer.all("X-Content-Type-Options")).containsExactly("nosniff");
        assertThat(answer.all("Referrer-Policy")).containsExactly("no-referrer");
        assertThat(answer.all("X-Frame-Options")).containsExactly("DENY");
        assertThat(answer.all("Cross-Origin-Opener-Policy")).containsExactly("same-origin");
        boolean isFile = answer.all("Accept-Ranges").size() == 1;
        assertThat(answer.all("Cross-Origin-Resource-Policy")).containsExactly(isFile ? "cross-origin" : "same-origin");
        assertThat(answer.all("Content-Security-Policy"))
                .hasSize(1)
                .allMatch(policy -> policy.contains("default-src 'none'"))
                .allMatch(policy -> policy.contains("frame-ancestors 'none'"))
                .noneMatch(policy -> policy.contains("script-src 'unsafe"));
        assertThat(answer.all("Server")).isEmpty();
        assertThat(answer.all("Strict-Transport-Security")).isEmpty();
    }

    @Test
    void a_web_socket_gets_no_cookie() throws Exception {
        for (String path : List.of("/logs/" + jobId + "/stream", "/ws/" + jobId)) {
            RawHttp answer = RawHttp.upgrade(broker.port(), path);
            assertThat(answer.status()).isEqualTo(101);
            assertThat(answer.all("Set-Cookie")).isEmpty();
        }
        RawHttp refused = RawHttp.upgrade(broker.port(), "/logs/none/stream");
        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.all("Set-Cookie")).isEmpty();
    }

    /** A plot is shown in a page; a script must not be something that a page of this origin could run. */
    @ParameterizedTest
    @CsvSource({
        "plot.svg, image/svg+xml",
        "Script.JS, text/plain",
        "module.mjs, text/plain",
        "data.bin, application/octet-stream"
    })
    void a_file_is_of_a_type_that_a_browser_can_show_and_not_run(String path, String type) throws Exception {
        for (String line : List.of("GET /outputs/" + jobId + "/" + path, "GET /download/" + jobId + "/" + path)) {
            RawHttp answer = RawHttp.ask(broker.port(), line + " HTTP/1.1", "Host: localhost");
            assertThat(answer.status()).isEqualTo(200);
            guarded(answer);
            assertThat(answer.all("Content-Security-Policy")).allMatch(policy -> policy.startsWith("sandbox;"));
            assertThat(answer.all("Content-Type")).hasSize(1).allMatch(said -> said.startsWith(type));
        }
    }

    @Test
    void a_head_that_is_too_large_is_refused_and_says_so() throws Exception {
        String large = "x".repeat(30_000);
        RawHttp header = RawHttp.ask(broker.port(), "GET / HTTP/1.1", "Host: localhost", "Large: " + large);
        assertThat(header.status()).isEqualTo(431);
        guarded(header);
        RawHttp address = RawHttp.ask(broker.port(), "GET /" + large + " HTTP/1.1", "Host: localhost");
        assertThat(address.status()).isEqualTo(414);
        guarded(address);
    }

    @ParameterizedTest
    @CsvSource({"/,text/html", "/dashboard/app.js,text/javascript", "/dashboard/style/base.css,text/css"})
    void the_page_runs_its_own_scripts_and_no_others(String path, String type) throws Exception {
        RawHttp answer =
                RawHttp.ask(broker.port(), "GET " + path + " HTTP/1.1", "Host: localhost", "Accept: text/html");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.all("Content-Type").get(0)).startsWith(type);
        guarded(answer);
        assertThat(answer.all("Content-Security-Policy").get(0))
                .containsPattern("script-src 'self' 'sha256-[^' ]+';")
                .contains("style-src 'self';", "require-trusted-types-for 'script'")
                .doesNotContain("unsafe", "http");
        assertThat(answer.body())
                .doesNotContain("<script>")
                .doesNotContain("onclick=")
                .doesNotContain("style=\"");
    }

    @Test
    void a_path_of_any_length_is_no_file_of_the_page() {
        for (String folder : List.of("a/", "a.", "a/b.")) {
            String path = "/dashboard/" + folder.repeat(20_000 / folder.length()) + "x.js";
            assertThat(broker.get(path).status()).as(folder).isEqualTo(404);
        }
    }

    @Test
    void the_one_script_in_the_page_is_the_one_that_the_policy_names() throws Exception {
        RawHttp answer = RawHttp.ask(broker.port(), "GET / HTTP/1.1", "Host: localhost", "Accept: text/html");
        Matcher scripts = Pattern.compile("<script(?![^>]* src=)[^>]*>(.*?)</script>", Pattern.DOTALL)
                .matcher(answer.body());
        assertThat(scripts.find()).isTrue();
        byte[] hash =
                MessageDigest.getInstance("SHA-256").digest(scripts.group(1).getBytes(StandardCharsets.UTF_8));
        assertThat(answer.all("Content-Security-Policy").get(0))
                .contains("'sha256-" + Base64.getEncoder().encodeToString(hash) + "'");
        assertThat(scripts.find()).isFalse();
    }

    @Test
    void what_a_job_wrote_and_what_is_data_has_no_origin() throws Exception {
        for (String path : List.of("/outputs/" + jobId + "/page.html", "/status/" + jobId, "/logs/" + jobId)) {
            assertThat(RawHttp.ask(broker.port(), "GET " + path + " HTTP/1.1", "Host: localhost")
                            .all("Content-Security-Policy")
                            .get(0))
                    .startsWith("sandbox;")
                    .doesNotContain("allow-");
        }
    }

    @Test
    void a_handshake_of_a_web_socket_says_so_too() throws Exception {
        assertThat(RawHttp.upgrade(broker.port(), "/logs/" + jobId + "/stream").status())
                .isEqualTo(101);
        RawHttp refused = RawHttp.upgrade(broker.port(), "/logs/none/stream");
        assertThat(refused.status()).isEqualTo(404);
        guarded(refused);
    }

    @Test
    void browsers_are_held_to_tls_only_where_somebody_vouches_for_it(@TempDir Path directory) throws Exception {
        Path certificate = directory.resolve("cert.pem");
        Path key = directory.resolve("key.pem");
        new TestCertificates("Authority").issue("EC", "broker.example").write(certificate, key);
        try (Broker pinned = Broker.start(BrokerConfig.builder(directory.resolve("a"))
                        .port(0)
                        .tls(true)
                        .build());
                Broker given = Broker.start(BrokerConfig.builder(directory.resolve("b"))
                        .port(0)
                        .tlsCertificate(certificate)
                        .tlsKey(key)
                        .build())) {
            assertThat(health(pinned.address()).headers().allValues("Strict-Transport-Security"))
                    .isEmpty();
            assertThat(health(given.address()).headers().allValues("Strict-Transport-Security"))
                    .containsExactly("max-age=31536000");
            assertThat(health(given.address()).headers().allValues("X-Content-Type-Options"))
                    .containsExactly("nosniff");
        }
    }

    private static HttpResponse<String> health(BrokerAddress broker) throws Exception {
        HttpClient client =
                HttpClient.newBuilder().sslContext(broker.trust().context()).build();
        return client.send(
                HttpRequest.newBuilder(URI.create(broker.url() + "/health")).build(), BodyHandlers.ofString());
    }
}
