package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sandrun.broker.BrokerUnderTest.Reply;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Whatever a caller gets wrong has its own answer, in the one shape of errors, and no line in the log. */
class BadRequestsTest {
    private static BrokerUnderTest broker;
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeAll
    static void start(@TempDir Path directory) {
        broker = BrokerUnderTest.start(directory);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @BeforeEach
    void listen() {
        log.start();
        root().addAppender(log);
    }

    @AfterEach
    void nothing_is_logged_and_the_broker_is_up() {
        root().detachAppender(log);
        assertThat(log.list)
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
                .isEmpty();
        assertThat(broker.get("/health").status()).isEqualTo(200);
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    private static Reply refused(Reply reply, int status, String code) {
        assertThat(reply.status()).as("%s", reply.raw().body()).isEqualTo(status);
        assertThat(reply.text("code")).isEqualTo(code);
        assertThat(reply.text("error")).matches("[A-Z][^\\n]*[.?]").doesNotContain("Exception");
        assertThat(reply.body().path("details").isObject()).isTrue();
        return reply;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{`|400|invalid_json|",
                "[]|400|invalid_json|",
                "1|400|invalid_json|",
                "{\"code\":\"a\",\"code\":\"b\"}|400|invalid_json|",
                "{\"code\":\"a\"} {}|400|invalid_json|",
                "{}|400|missing_field|code",
                "{\"code\":null}|400|missing_field|code",
                "{\"code\":\"\"}|400|invalid_field|code",
                "{\"code\":7}|400|invalid_field|code",
                "{\"code\":\"\\ud800\"}|400|invalid_field|code",
                "{\"code\":\"a\",\"interpreter\":\"cobol\"}|400|unknown_interpreter|interpreter",
                "{\"code\":\"a\",\"interpreter\":3}|400|invalid_field|interpreter",
                "{\"code\":\"a\",\"timeout\":-1}|400|invalid_field|timeout",
                "{\"code\":\"a\",\"timeout\":0}|400|invalid_field|timeout",
                "{\"code\":\"a\",\"timeout\":1e12}|400|invalid_field|timeout",
                "{\"code\":\"a\",\"timeout\":1e999}|400|invalid_field|timeout",
                "{\"code\":\"a\",\"timeout\":\"60\"}|400|invalid_field|timeout",
                "{\"code\":\"a\",\"timeout\":true}|400|invalid_field|timeout",
                "{\"code\":\"a\",\"memory_mb\":1.5}|400|invalid_field|memory_mb",
                "{\"code\":\"a\",\"memory_mb\":1000000}|400|invalid_field|memory_mb",
                "{\"code\":\"a\",\"args\":\"x\"}|400|invalid_field|args",
                "{\"code\":\"a\",\"args\":[1]}|400|invalid_field|args[0]",
                "{\"code\":\"a\",\"args\":[\"\\u0000\"]}|400|invalid_field|args[0]",
                "{\"code\":\"a\",\"env\":{\"A=B\":\"x\"}}|400|invalid_field|env",
                "{\"code\":\"a\",\"env\":{\"A\":\"\\u0000\"}}|400|invalid_field|env.A",
                "{\"code\":\"a\",\"env\":[]}|400|invalid_field|env",
                "{\"code\":\"a\",\"gpu\":\"yes\"}|400|invalid_field|gpu",
                "{\"code\":\"a\",\"labels\":{\"a\":1}}|400|invalid_field|labels.a",
                "{\"code\":\"a\",\"environment\":\"\"}|400|invalid_field|environment",
                "{\"code\":\"a\",\"environment\":\"../ml\"}|400|invalid_field|environment",
                "{\"code\":\"a\",\"environment\":[\"ml-basic\"]}|400|invalid_field|environment",
                "{\"code\":\"a\",\"outputs\":\"*.png\"}|400|invalid_field|outputs",
                "{\"code\":\"a\",\"outputs\":[\"*.png\",3]}|400|invalid_field|outputs[1]",
                "{\"code\":\"a\",\"outputs\":[\"*.png\",\"\"]}|400|invalid_field|outputs[1]",
                "{\"code\":\"a\",\"outputs\":[\"../x\"]}|400|invalid_field|outputs[0]",
                "{\"code\":\"a\",\"outputs\":[\"/etc/passwd\"]}|400|invalid_field|outputs[0]",
                "{\"code\":\"a\",\"outputs\":[\"a\\u0007b\"]}|400|invalid_field|outputs[0]",
                "{\"code\":\"a\",\"entrypoint\":\"main.py\"}|400|unknown_field|entrypoint",
                "{\"code\":\"a\",\"memory\":64}|400|unknown_field|memory",
            })
    void a_bad_submit_names_what_is_wrong(String body, int status, String code, String field) {
        Reply reply = refused(broker.post("/submit", body.replace("`", "")), status, code);
        if (field != null) {
            assertThat(reply.body().path("details").path("field").asText()).isEqualTo(field);
            assertThat(reply.body().path("details").has("expected")).isTrue();
        }
    }

    @Test
    void a_slip_of_the_pen_is_answered_with_the_name_that_was_meant() {
        assertThat(broker.post("/submit", Map.of("code", "a", "memory", 64)).text("error"))
                .contains("Did you mean \"memory_mb\"?");
        assertThat(broker.post("/submit", Map.of("code", "a", "time_out", 64)).text("error"))
                .contains("Did you mean \"timeout\"?");
    }

    @Test
    void deep_nesting_is_refused() {
        String deep = "{\"code\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        refused(broker.post("/submit", deep), 400, "invalid_json");
    }

    @Test
    void code_above_its_limit_is_refused_and_at_its_limit_taken() {
        String limit = "#".repeat(1024 * 1024);
        assertThat(broker.post("/submit", Map.of("code", limit)).status()).isEqualTo(200);
        refused(broker.post("/submit", Map.of("code", limit + "#")), 400, "invalid_field");
    }

    @Test
    void a_body_of_100_megabytes_is_refused_by_its_announced_length() throws Exception {
        String head = "POST /submit HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 104857600\r\n\r\n{\"code\": \"";
        assertThat(raw(head)).startsWith("HTTP/1.1 413").contains("body_too_large");
    }

    @Test
    void a_body_of_100_megabytes_in_chunks_is_refused_when_it_has_grown_too_large() {
        byte[] chunk = "a".repeat(1024 * 1024).getBytes(StandardCharsets.US_ASCII);
        Iterable<byte[]> body = java.util.Collections.nCopies(100, chunk);
        try {
            Reply reply = broker.send(broker.request("/submit")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofByteArrays(body)));
            refused(reply, 413, "body_too_large");
        } catch (java.util.concurrent.CompletionException cut) {
            // The broker may hang up on a sender who goes on sending; that it is still up is checked afterwards.
            assertThat(cut).hasRootCauseInstanceOf(java.io.IOException.class);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /status/%2e%2e/%00 HTTP/1.1|400",
                "GET /a%zz HTTP/1.1|400",
                "GET nowhere HTTP/1.1|400",
                "GET / HTTP/9.9|505",
                "G\u0001T / HTTP/1.1|400",
            })
    void what_is_not_well_formed_is_told_in_the_shape_of_errors(String line, int status) throws Exception {
        String answer = raw(line + "\r\nHost: localhost\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 " + status)
                .contains("application/json")
                .contains("\"code\":\"malformed_request\"")
                .contains("\"details\":{}");
    }

    @ParameterizedTest
    @CsvSource({
        "/jobs?label=%",
        "/jobs?label=%z1",
        "/jobs?cursor=a%2",
        "/status/pool-x?wait=%",
        "/logs/pool-x?format=%",
        "/logs/pool-x/stream?offset=%x1",
        "/outputs/pool-x?a=%%",
        "/artifacts/x?lease=%-1",
        "/nowhere?%"
    })
    void a_query_that_is_badly_escaped_is_refused_before_anything_else(String path) throws Exception {
        RawHttp answer = RawHttp.ask(broker.port(), "GET " + path + " HTTP/1.1", "Host: localhost");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("\"code\":\"malformed_request\"").contains("%25");
    }

    @Test
    void the_query_of_a_web_socket_likewise() throws Exception {
        assertThat(RawHttp.upgrade(broker.port(), "/logs/pool-x/stream?offset=%x1")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void a_query_with_too_many_parameters_is_refused() throws Exception {
        String many = "label=a%3Db&".repeat(99) + "limit=1";
        refused(broker.get("/jobs?" + many + "&limit=1"), 400, "malformed_request");
        assertThat(broker.get("/jobs?" + many).status()).isEqualTo(200);
    }

    @Test
    void a_missing_body_or_another_content_type_is_refused() {
        refused(broker.send(broker.request("/submit").POST(BodyPublishers.noBody())), 400, "invalid_json");
        refused(
                broker.send(broker.request("/submit").POST(BodyPublishers.ofString("code=a"))),
                415,
                "unsupported_media_type");
        refused(
                broker.send(broker.request("/submit/batch")
                        .header("Content-Type", "multipart/form-data; boundary=x")
                        .POST(BodyPublishers.ofString("--x--"))),
                415,
                "unsupported_media_type");
        refused(
                broker.send(broker.request("/submit")
                        .header("Content-Type", "multipart/form-data; boundary=x")
                        .POST(BodyPublishers.ofString("--x--"))),
                400,
                "missing_field");
    }

    @Test
    void what_is_not_there_is_not_found() {
        refused(broker.get("/nowhere"), 404, "not_found");
        refused(broker.get("/status/"), 404, "not_found");
        refused(broker.get("/status/pool-x"), 404, "unknown_job");
        refused(broker.get("/results/pool-x?wait=1"), 404, "unknown_job");
        refused(broker.post("/cancel/pool-x", ""), 404, "unknown_job");
        refused(broker.get("/submit"), 405, "method_not_allowed");
        refused(broker.send(broker.request("/status/x").DELETE()), 405, "method_not_allowed");
    }

    @ParameterizedTest
    @CsvSource({"-1", "301", "NaN", "abc", "1e9", "''"})
    void a_wait_out_of_bounds_is_refused(String wait) {
        Reply reply = refused(broker.get("/status/pool-x?wait=" + wait), 400, "invalid_field");
        assertThat(reply.body().path("details").path("field").asText()).isEqualTo("wait");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/register|{}|400|missing_field",
                "/register|{\"endpoint\":\"e\",\"capabilities\":7}|400|invalid_field",
                "/register|{\"endpoint\":\"e\",\"capabilities\":{\"cpu_cores\":-1}}|400|invalid_field",
                "/register|{\"endpoint\":\"e\",\"capabilities\":{\"slots\":1000000000}}|400|invalid_field",
                "/register|{\"endpoint\":\"e\",\"capabilities\":{\"memory_gb\":\"8\"}}|400|invalid_field",
                "/register|{\"worker_id\":\"short\"}|400|invalid_field",
                "/heartbeat|{}|400|missing_field",
                "/heartbeat|{\"node_id\":\"node-x\"}|404|unknown_node",
                "/claim|{\"node_id\":\"node-x\"}|404|unknown_node",
                "/claim|{\"node_id\":\"node-x\",\"slots\":0}|400|invalid_field",
                "/claim|{\"node_id\":\"node-x\",\"wait_seconds\":1000}|400|invalid_field",
                "/release|{\"node_id\":\"node-x\"}|404|unknown_node",
                "/complete|{\"node_id\":\"node-x\",\"job_id\":\"j\",\"output\":\"\",\"error\":\"\"}|400|missing_field",
                "/complete|{\"node_id\":\"n\",\"job_id\":\"j\",\"output\":\"\",\"error\":\"\",\"exit_code\":0}"
                        + "|404|unknown_node",
            })
    void a_bad_word_of_a_node_is_refused(String path, String body, int status, String code) {
        refused(broker.post(path, body), status, code);
    }

    @Test
    void absurdly_large_capabilities_are_refused() {
        StringBuilder labels = new StringBuilder();
        for (int label = 0; label < 1000; label++) {
            labels.append(label == 0 ? "" : ",").append("\"l").append(label).append("\":\"x\"");
        }
        refused(
                broker.post("/register", "{\"endpoint\":\"e\",\"capabilities\":{\"labels\":{" + labels + "}}}"),
                400,
                "invalid_field");
    }

    private static String raw(String request) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            StringBuilder answer = new StringBuilder();
            byte[] chunk = new byte[4096];
            int read = in.read(chunk);
            while (read > 0 && !answer.toString().contains("body_too_large")) {
                answer.append(new String(chunk, 0, read, StandardCharsets.UTF_8));
                read = answer.toString().contains("body_too_large") ? -1 : in.read(chunk);
            }
            return answer.toString();
        }
    }
}
