package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What pages in a real browser can do with the broker of the one who visits them. */
class BrowserTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final long PATIENCE_SECONDS = 90;

    /** Tries everything that a page can try, and reports to its own server what worked. */
    private static final String PAGE = """
            <!doctype html><title>page</title><script>
            const broker = "http://127.0.0.1:BROKER", job = "JOB", seen = {};
            const settled = (name, promise) => Promise.race([
                promise, new Promise((_, late) => setTimeout(() => late("late"), 10000))
            ]).then(value => { seen[name] = value; }, () => { seen[name] = "refused"; });
            const loaded = (tag, set) => new Promise((resolve, reject) => {
                const element = document.createElement(tag);
                element.onload = () => resolve("loaded"); element.onerror = reject;
                set(element); document.documentElement.append(element);
            });
            const json = {method: "POST", body: JSON.stringify({code: "print(1)"})};
            Promise.all([
                settled("read", fetch(broker + "/jobs").then(answer => answer.text()).then(text => "read")),
                settled("preflight", fetch(broker + "/submit", {...json, headers: {"Content-Type": "application/json"}})
                    .then(answer => String(answer.status))),
                settled("plain", fetch(broker + "/submit", json).then(answer => String(answer.status))),
                settled("blind", fetch(broker + "/submit", {...json, mode: "no-cors"}).then(() => "sent")),
                settled("cancel", fetch(broker + "/jobs/" + job, {method: "DELETE"})
                    .then(answer => String(answer.status))),
                settled("socket", new Promise((resolve, reject) => {
                    const socket = new WebSocket(broker.replace("http", "ws") + "/logs/" + job + "/stream");
                    socket.onmessage = () => resolve("heard"); socket.onerror = reject;
                })),
                settled("events", new Promise((resolve, reject) => {
                    const events = new EventSource(broker + "/logs/" + job + "/stream");
                    events.onmessage = () => resolve("heard"); events.onerror = reject;
                })),
                settled("drawing", loaded("img", image => { image.src = broker + "/outputs/" + job + "/plot.svg"; })),
                settled("script", loaded("script", script => { script.src = broker + "/outputs/" + job + "/run.js"; })),
                settled("image", loaded("img", image => { image.src = broker + "/outputs/" + job + "/dot.png"; })),
            ]).then(() => fetch("/report", {method: "POST", body: JSON.stringify(seen)}));
            </script>
            """;

    private static final String JOBS_PAGE = "<p id=a>quiet</p><script>document.getElementById('a').textContent='RAN'"
            + "</script><img src=x onerror=\"document.getElementById('a').textContent='RAN'\">";

    /** One pixel. */
    private static final String DOT =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA" + "AABJRU5ErkJggg==";

    @TempDir
    Path directory;

    private BrokerUnderTest broker;
    private HttpServer elsewhere;
    private Job job;
    private final CompletableFuture<JsonNode> report = new CompletableFuture<>();

    @BeforeEach
    void start() throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(CHROMIUM), "this machine has no chromium");
        broker = BrokerUnderTest.start(directory.resolve("data"));
        ScriptedNode node = ScriptedNode.register(broker, "one", Map.of("features", List.of("files")));
        broker.submit(Map.of("code", "1", "outputs", List.of("*")));
        job = node.claimOne();
        new FilesOfNode(node, job)
                .with("page.html", bytes(JOBS_PAGE))
                .with("dot.png", Base64.getDecoder().decode(DOT))
                .with("plot.svg", bytes("<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>"))
                .with("run.js", bytes("window.ran = true"))
                .report();
        elsewhere = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        elsewhere.createContext("/", this::serve);
        elsewhere.start();
    }

    @AfterEach
    void stop() {
        if (broker != null) {
            elsewhere.stop(0);
            broker.close();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (exchange.getRequestURI().getPath().equals("/report")) {
                report.complete(Json.MAPPER.readTree(body));
            }
            String page = PAGE.replace("BROKER", String.valueOf(broker.port())).replace("JOB", job.id());
            exchange.getResponseHeaders().add("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(bytes(page));
        }
    }

    /** @param more what the browser is to do beside, before the address */
    private Process browse(String address, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                CHROMIUM.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + directory.resolve("profile"),
                "--host-resolver-rules=MAP *.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"));
        command.addAll(List.of(more));
        command.add(address);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private JsonNode visit(String host) throws Exception {
        Process chromium =
                browse("http://" + host + ":" + elsewhere.getAddress().getPort() + "/", "--remote-debugging-port=0");
        try {
            return report.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } finally {
            end(chromium);
        }
    }

    /** Until none of it writes into its profile any more, which the test's directory takes along. */
    private static void end(Process chromium) throws Exception {
        List<ProcessHandle> all = new ArrayList<>(List.of(chromium.toHandle()));
        all.addAll(chromium.descendants().toList());
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle one : all) {
            one.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private int jobs() {
        return broker.get("/jobs").body().path("jobs").size();
    }

    @Test
    void a_page_from_elsewhere_reads_nothing_sends_nothing_and_embeds_nothing() throws Exception {
        JsonNode seen = visit("evil.example");
        for (String way :
                List.of("read", "preflight", "plain", "cancel", "socket", "events", "image", "drawing", "script")) {
            assertThat(seen.path(way).asText()).as("%s of %s", way, seen).isEqualTo("refused");
        }
        assertThat(jobs()).isEqualTo(1);
    }

    /** That the browser can do all of it: else the test above would show nothing. */
    @Test
    void a_page_from_this_machine_may() throws Exception {
        JsonNode seen = visit("127.0.0.1");
        assertThat(seen.path("read").asText()).as("%s", seen).isEqualTo("read");
        assertThat(seen.path("preflight").asText()).as("%s", seen).isEqualTo("200");
        assertThat(seen.path("image").asText()).as("%s", seen).isEqualTo("loaded");
        assertThat(seen.path("drawing").asText()).as("%s", seen).isEqualTo("loaded");
        // It was written by a job, and is shown as text.
        assertThat(seen.path("script").asText()).as("%s", seen).isEqualTo("refused");
        assertThat(seen.path("socket").asText()).as("%s", seen).isEqualTo("heard");
        assertThat(seen.path("events").asText()).as("%s", seen).isEqualTo("heard");
        assertThat(jobs()).isEqualTo(2);
    }

    @Test
    void a_page_that_a_job_wrote_runs_nothing() throws Exception {
        String url = broker.url() + "/outputs/" + job.id() + "/page.html";
        assertThat(dom(url)).contains("quiet").doesNotContain(">RAN<");
        // That its script would run elsewhere.
        Path copy = Files.writeString(directory.resolve("copy.html"), JOBS_PAGE);
        assertThat(dom(copy.toUri().toString())).contains(">RAN<");
    }

    @Test
    void a_name_that_is_pointed_here_is_refused() throws Exception {
        assertThat(dom("http://rebound.example:" + broker.port() + "/jobs")).contains("origin_refused");
        assertThat(dom(broker.url() + "/jobs")).contains(job.id());
    }

    private String dom(String url) throws Exception {
        Process chromium = browse(url, "--dump-dom");
        try {
            CompletableFuture<byte[]> dumped = CompletableFuture.supplyAsync(() -> {
                try {
                    return chromium.getInputStream().readAllBytes();
                } catch (IOException broken) {
                    throw new UncheckedIOException(broken);
                }
            });
            return new String(
                    dumped.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join(), StandardCharsets.UTF_8);
        } finally {
            end(chromium);
        }
    }
}
