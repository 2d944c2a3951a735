package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.Limits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a node brings under a lease before it reports. */
class NodeFilesTest {
    private static final byte[] BYTES = "a,b\n1,2\n".getBytes(UTF_8);
    private static final String SHA256 = FilesOfNode.sha256(BYTES);
    private static final Duration TTL = Duration.ofSeconds(1);

    @TempDir
    private Path directory;

    private final SettableClock clock = new SettableClock();

    @AutoClose
    private BrokerUnderTest broker;

    private ScriptedNode node;
    private Job job;

    @BeforeEach
    void claim() {
        start();
        node = ScriptedNode.register(broker, "one", Map.of("features", List.of("files")));
        broker.submit(Map.of("code", "1", "outputs", List.of("*")));
        job = node.claimOne();
    }

    private void start() {
        broker = BrokerUnderTest.start(directory, settings -> settings.resultTtl(TTL), clock);
    }

    private FilesOfNode files() {
        return new FilesOfNode(node, job);
    }

    private Reply put(String leaseId) {
        return FilesOfNode.put(node, SHA256, leaseId, BYTES);
    }

    private Reply get(String leaseId) {
        return node.send(FilesOfNode.artifact(SHA256, leaseId), HttpRequest.Builder::GET);
    }

    private List<Path> stored() throws IOException {
        return StoredFiles.below(directory.resolve(Broker.ARTIFACTS));
    }

    /** Each question waits for as long as a sweep may take to come round. */
    private void awaitNothingStored() throws IOException {
        String waiting = broker.submit("2");
        for (int tries = 0; tries < 50 && !stored().isEmpty(); tries++) {
            broker.get("/status/" + waiting + "?wait=0.2");
        }
        assertThat(stored()).isEmpty();
    }

    @Test
    void a_file_is_brought_and_may_be_brought_again() throws IOException {
        for (int time = 0; time < 2; time++) {
            Reply reply = put(job.leaseId());
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.text("sha256")).isEqualTo(SHA256);
            assertThat(reply.body().path("size_bytes").asLong()).isEqualTo(BYTES.length);
        }
        assertThat(stored()).hasSize(1);
    }

    @Test
    void a_stale_lease_moves_nothing() throws IOException {
        node.release(false, job);
        for (String lease : List.of(job.leaseId(), "lease-of-nobody")) {
            Reply brought = put(lease);
            assertThat(brought.status()).isEqualTo(409);
            assertThat(brought.text("code")).isEqualTo("stale_lease");
            Reply fetched = get(lease);
            assertThat(fetched.status()).isEqualTo(409);
        }
        assertThat(broker.get("/artifacts/" + SHA256).status()).isEqualTo(400);
        assertThat(stored()).isEmpty();
    }

    @Test
    void bytes_that_are_not_the_named_ones_are_refused() throws IOException {
        Reply reply = FilesOfNode.put(node, SHA256, job.leaseId(), "a,b\n1,3\n".getBytes(UTF_8));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.text("code")).isEqualTo("digest_mismatch");
        assertThat(FilesOfNode.put(node, "passwd", job.leaseId(), BYTES).status())
                .isIn(400, 404);
        assertThat(FilesOfNode.put(node, SHA256.toUpperCase(Locale.ROOT), job.leaseId(), BYTES)
                        .status())
                .isEqualTo(400);
        assertThat(stored()).isEmpty();
    }

    @Test
    void a_lease_is_of_use_to_its_own_node_only() throws IOException {
        ScriptedNode thief = ScriptedNode.register(broker, "thief");
        Reply stolen = FilesOfNode.put(thief, SHA256, job.leaseId(), BYTES);
        assertThat(stolen.status()).isEqualTo(401);
        assertThat(stolen.text("code")).isEqualTo("wrong_node");
        String path = FilesOfNode.artifact(SHA256, job.leaseId());
        assertThat(thief.send(path, HttpRequest.Builder::GET).text("code")).isEqualTo("wrong_node");
        assertThat(broker.get(path).text("code")).isEqualTo("signature_required");
        assertThat(stored()).isEmpty();
    }

    @Test
    void an_older_node_without_a_key_moves_files_where_it_is_served() {
        node.complete(job, "");
        String old = broker.post(
                        "/register",
                        Map.of("endpoint", "http://old", "capabilities", Map.of("features", List.of("files"))))
                .text("node_id");
        String jobId = new UploadForm()
                .file("main.py", BYTES)
                .file("x.csv", BYTES)
                .submit(broker)
                .text("job_id");
        JsonNode claimed = broker.post("/claim", Map.of("node_id", old)).body().path("job");
        assertThat(claimed.path("id").asText()).isEqualTo(jobId);
        String path = FilesOfNode.artifact(SHA256, claimed.path("lease_id").asText());
        Reply input = broker.get(path);
        assertThat(input.status()).isEqualTo(200);
        assertThat(input.raw().body()).isEqualTo(new String(BYTES, UTF_8));
        Reply brought = broker.send(broker.request(path).PUT(BodyPublishers.ofByteArray(BYTES)));
        assertThat(brought.status()).isEqualTo(200);
    }

    @Test
    void an_input_is_fetched_under_the_lease_of_its_job() {
        node.complete(job, "");
        new UploadForm().file("main.py", BYTES).submit(broker);
        Job project = node.claimOne();
        Reply input = get(project.leaseId());
        assertThat(input.status()).isEqualTo(200);
        assertThat(input.raw().body()).isEqualTo(new String(BYTES, UTF_8));
        assertThat(input.raw().headers().firstValue("Content-Length")).contains("" + BYTES.length);
        node.complete(project, "");
        assertThat(get(project.leaseId()).text("code")).isEqualTo("stale_lease");
    }

    @Test
    void an_output_is_no_input_and_is_not_fetched_back() {
        put(job.leaseId());
        Reply reply = get(job.leaseId());
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.text("code")).isEqualTo("unknown_file");
    }

    private Socket upload(String announced, String body) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port());
        socket.setSoTimeout(20_000);
        OutputStream out = socket.getOutputStream();
        out.write(("PUT /artifacts/" + SHA256 + "?lease=" + job.leaseId() + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                        + "Authorization: " + node.session() + "\r\nContent-Length: " + announced + "\r\n\r\n" + body)
                .getBytes(UTF_8));
        out.flush();
        return socket;
    }

    @Test
    void an_upload_that_breaks_off_leaves_nothing() throws IOException {
        try (Socket socket = upload("1000", "half of it")) {
            awaitStored(1);
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("malformed_request");
        }
        assertThat(stored()).isEmpty();
    }

    /** Until the broker has begun to write down what comes. */
    private void awaitStored(int files) throws IOException {
        for (int tries = 0; tries < 50 && stored().size() < files; tries++) {
            broker.get("/status/" + job.id() + "?wait=0.1");
        }
        assertThat(stored()).hasSize(files);
    }

    @Test
    void a_file_that_is_announced_as_too_large_is_not_even_begun() throws IOException {
        try (Socket socket = upload("3000000000", "")) {
            InputStream in = socket.getInputStream();
            assertThat(new String(in.readNBytes(13), UTF_8)).isEqualTo("HTTP/1.1 413 ");
        }
        assertThat(stored()).isEmpty();
    }

    @Test
    void a_file_that_tells_no_length_is_taken_until_the_room_of_its_job_is_full() throws IOException {
        broker.close();
        try (Store store = Store.open(directory.resolve(Broker.DATABASE), clock)) {
            long nearlyAll = Limits.OUTPUT_FILES_BYTES - BYTES.length;
            answer(store.write(tables -> {
                tables.artifacts().upload(job.leaseId(), "0".repeat(64), nearlyAll);
                return job;
            }));
        }
        start();
        node = node.at(broker);
        node.heartbeat(true, job);
        byte[] larger = (new String(BYTES, UTF_8) + "!").getBytes(UTF_8);
        Reply refused = putInPieces(larger);
        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.text("code")).isEqualTo("body_too_large");
        assertThat(stored()).isEmpty();
        assertThat(putInPieces(BYTES).status()).isEqualTo(200);
    }

    /** Chunked, which tells no length. */
    private Reply putInPieces(byte[] bytes) {
        return node.send(
                FilesOfNode.artifact(FilesOfNode.sha256(bytes), job.leaseId()),
                request -> request.PUT(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes))));
    }

    @Test
    void whoever_sends_before_it_listens_hears_why_it_is_refused() throws IOException {
        byte[] large = new byte[20_000_000];
        Reply stale = FilesOfNode.put(node, FilesOfNode.sha256(large), "lease-of-nobody", large);
        assertThat(stale.status()).isEqualTo(409);
        assertThat(stored()).isEmpty();
    }

    @Test
    void whoever_asks_before_it_sends_is_told_to_go_on_or_not_to() throws IOException {
        for (String lease : List.of("lease-of-nobody", job.leaseId())) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
                socket.setSoTimeout(20_000);
                String head = "PUT /artifacts/" + SHA256 + "?lease=" + lease + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                        + "Authorization: " + node.session() + "\r\nContent-Length: 8\r\nExpect: 100-continue\r\n\r\n";
                socket.getOutputStream().write(head.getBytes(UTF_8));
                String status = new String(socket.getInputStream().readNBytes(12), UTF_8);
                assertThat(status).isEqualTo(lease.equals(job.leaseId()) ? "HTTP/1.1 100" : "HTTP/1.1 409");
            }
        }
    }

    @Test
    void a_restart_in_the_middle_of_an_upload_leaves_nothing_of_it_and_all_that_was_answered() throws IOException {
        files().with("report.csv", BYTES);
        try (Socket socket = upload("1000", "half of it")) {
            awaitStored(2);
            broker.close();
            assertThat(socket.isConnected()).isTrue();
        }
        start();
        node = node.at(broker);
        assertThat(stored()).hasSize(1);
        Reply report = files().claiming("report.csv", BYTES).report();
        assertThat(report.status()).isEqualTo(200);
        assertThat(broker.state(job.id())).isEqualTo("completed");
    }

    @Test
    void a_report_that_names_what_was_not_brought_changes_nothing() {
        Reply refused = files().claiming("report.csv", BYTES).report();
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body().path("details").path("field").asText()).isEqualTo("attempt.outputs.files");
        assertThat(broker.state(job.id())).isEqualTo("assigned");
        assertThat(files().with("report.csv", BYTES).report().status()).isEqualTo(200);
        assertThat(broker.state(job.id())).isEqualTo("completed");
        // Its answer may have been lost.
        assertThat(files().claiming("report.csv", BYTES).report().status()).isEqualTo(200);
    }

    @Test
    void a_node_cannot_name_what_another_one_has_brought() {
        files().with("mine.csv", BYTES);
        broker.submit("2");
        Job other = ScriptedNode.register(broker, "two", Map.of("features", List.of("files")))
                .claimOne();
        Reply stolen =
                new FilesOfNode(node, other).claiming("stolen.csv", BYTES).report();
        // Neither under a lease that is not its own, nor under its own without the bytes.
        assertThat(stolen.status()).isEqualTo(409);
        broker.submit("3");
        Job own = node.claimOne();
        assertThat(new FilesOfNode(node, own)
                        .claiming("stolen.csv", BYTES)
                        .report()
                        .status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "/etc/passwd",
                "../up",
                "a/../../b",
                "a//b",
                "a/",
                "./a",
                "a\\b",
                "a\nb",
                "a\u0000b",
                "a\u001b[2Jb",
                "a\u202egnp.exe"
            })
    void a_report_with_a_path_that_plays_tricks_is_refused(String path) {
        Reply reply = files().with(path, BYTES).report();
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body().path("details").path("field").asText()).isEqualTo("attempt.outputs.files[0].path");
        assertThat(broker.state(job.id())).isEqualTo("assigned");
    }

    @Test
    void a_report_names_each_path_once_and_no_file_as_a_folder() {
        put(job.leaseId());
        for (List<String> paths : List.of(List.of("a", "a"), List.of("a/b", "a"), List.of("a", "a/b"))) {
            Reply reply = files().reportListed(paths.stream()
                    .map(path -> Map.of("path", path, "size_bytes", BYTES.length, "sha256", SHA256))
                    .toList());
            assertThat(reply.status()).as("%s", paths).isEqualTo(400);
        }
        Reply wrongSize = files().reportListed(List.of(Map.of("path", "a", "size_bytes", 1, "sha256", SHA256)));
        assertThat(wrongSize.status()).isEqualTo(400);
    }

    @Test
    void what_was_brought_under_a_lease_that_ended_is_deleted() throws IOException {
        put(job.leaseId());
        assertThat(stored()).hasSize(1);
        node.release(false, job);
        awaitNothingStored();
    }

    @Test
    void outputs_are_deleted_with_their_job() throws IOException {
        assertThat(files().with("report.csv", BYTES).report().status()).isEqualTo(200);
        assertThat(stored()).hasSize(1);
        clock.advance(TTL.multipliedBy(2));
        awaitNothingStored();
    }
}
