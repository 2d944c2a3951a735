package io.sandrun.broker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.protocol.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever slow clients do, a client and a node that do as they should are served. */
class SlowClientsTest {
    /** More than the server has threads. */
    private static final int SLOW = 250;

    /** More than there are threads for what follows a commit. */
    private static final int WAITING = 30;

    private static final int STREAMS = 40;
    private static final int PIECES = 16;
    private static final int PIECE_BYTES = 64 << 10;
    private static final int LOG_BYTES = 8 << 20;

    private static final int SMALL_WINDOW_BYTES = 4096;
    private static final int PATIENCE_MS = 30_000;

    /** Far from when the slow ones are cut off, which is after 30 s: a busy machine is no reason to fail. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static final String HOST = "Host: 127.0.0.1\r\n";

    private BrokerUnderTest broker;
    private ScriptedNode node;
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void start(@TempDir Path directory) {
        broker = BrokerUnderTest.start(directory);
        node = ScriptedNode.register(broker, "one", Map.of("features", List.of("files")));
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        broker.close();
    }

    /** Connections on each of which this was sent, and from which nothing is read. */
    private void slow(int count, String sent) throws IOException {
        for (int client = 0; client < count; client++) {
            Socket socket = new Socket();
            sockets.add(socket);
            socket.setSoTimeout(PATIENCE_MS);
            socket.setReceiveBufferSize(SMALL_WINDOW_BYTES);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), broker.port()));
            socket.getOutputStream().write(sent.getBytes(US_ASCII));
        }
    }

    private static String post(String path, String type, int length, String begin) {
        return "POST " + path + " HTTP/1.1\r\n" + HOST + "Content-Type: " + type + "\r\nContent-Length: " + length
                + "\r\n\r\n" + begin;
    }

    private static <T> T soon(Callable<T> call) throws Exception {
        long start = System.nanoTime();
        T answer = call.call();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        return answer;
    }

    private void a_job_is_run() throws Exception {
        String jobId = soon(() -> broker.submit("print(1)"));
        Job job = soon(node::claimOne);
        assertThat(job.id()).isEqualTo(jobId);
        assertThat(soon(() -> node.heartbeat(true, job)).status()).isEqualTo(200);
        assertThat(soon(() -> node.complete(job, "1")).status()).isEqualTo(200);
        assertThat(soon(() -> broker.result(jobId)).path("output").asText()).isEqualTo("1");
    }

    @Test
    void bodies_that_do_not_come_hold_up_nobody() throws Exception {
        slow(SLOW, post("/submit", "application/json", 100, "{"));
        slow(SLOW, post("/heartbeat", "application/json", 1 << 20, "{\"node_id\""));
        slow(SLOW, post("/logs?node_id=" + node.id(), "application/octet-stream", 1 << 20, "x"));
        slow(SLOW, post("/claim", "multipart/form-data; boundary=b", 1 << 20, "--b\r\n"));
        a_job_is_run();
    }

    @Test
    void answers_that_are_not_read_hold_up_nobody() throws Exception {
        String jobId = broker.submit("print(1)");
        slow(WAITING, ("GET /results/" + jobId + "?wait=60 HTTP/1.1\r\n" + HOST + "\r\n").repeat(2));
        // Each character is six in JSON, so that the answer is more than the system takes for a connection.
        node.complete(node.claimOne(), "\u0001".repeat(Limits.OUTPUT_KEPT_BYTES));
        for (Socket socket : sockets) {
            assertThat(new String(socket.getInputStream().readNBytes(12), US_ASCII))
                    .isEqualTo("HTTP/1.1 200");
        }
        a_job_is_run();
    }

    @Test
    void heads_that_do_not_come_hold_up_nobody() throws Exception {
        slow(SLOW, "");
        slow(SLOW, "POST /submit HTTP/1.1\r\nX-Slow: ");
        a_job_is_run();
    }

    @Test
    void uploads_that_do_not_go_on_hold_up_nobody() throws Exception {
        String begin = "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.bin\"\r\n\r\nbegun";
        slow(SLOW, post("/submit", "multipart/form-data; boundary=b", 1 << 20, begin));
        a_job_is_run();
    }

    @Test
    void refused_uploads_give_their_places_back_though_their_senders_go_silent() throws Exception {
        String wrong = "--b\r\nContent-Disposition: form-data; name=\"unheard\"\r\n\r\n" + "x".repeat(2_000);
        slow(Limits.UPLOADS, post("/submit", "multipart/form-data; boundary=b", 100_000, wrong));
        for (Socket socket : sockets) {
            assertThat(new String(socket.getInputStream().readNBytes(12), US_ASCII))
                    .isEqualTo("HTTP/1.1 400");
        }
        UploadForm form = new UploadForm().file("main.py", "print(1)".getBytes(US_ASCII));
        assertThat(soon(() -> form.submit(broker)).status()).isEqualTo(200);
    }

    /** Each would be sent more than the system takes for a connection; what is kept for it is a piece of that. */
    @Test
    void streams_that_are_not_read_hold_up_nobody_and_take_little_memory() throws Exception {
        String watched = broker.submit("print(1)");
        Job job = node.claimOne();
        slow(STREAMS, "GET /events HTTP/1.1\r\n" + HOST + "\r\n");
        slow(STREAMS, "GET /logs/" + watched + "/stream HTTP/1.1\r\n" + HOST + "Accept: text/event-stream\r\n\r\n");
        for (Socket socket : sockets) {
            assertThat(new String(socket.getInputStream().readNBytes(12), US_ASCII))
                    .isEqualTo("HTTP/1.1 200");
        }
        long before = usedBytes();
        String[] pieces =
                Collections.nCopies(PIECES, "out:" + "x".repeat(PIECE_BYTES)).toArray(String[]::new);
        for (long offset = 0; offset < LOG_BYTES; offset += PIECES * PIECE_BYTES) {
            assertThat(node.appendLog(job, offset, pieces).status()).isEqualTo(200);
        }
        a_job_is_run();
        node.completeWithLog(job, "ok", LOG_BYTES);
        String log = broker.get("/logs/" + watched + "?format=text").raw().body();
        assertThat(log.length()).isEqualTo(LOG_BYTES);
        assertThat(usedBytes() - before).isLessThan((long) STREAMS * LOG_BYTES / 4);
    }

    /** Of the heap, by what is in use. */
    private static long usedBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
