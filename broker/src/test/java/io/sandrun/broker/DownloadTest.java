package io.sandrun.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.protocol.Limits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All that a job left in one archive, and large files on their way. */
class DownloadTest {
    private static final int LARGE_BYTES = 40 << 20;
    private static final byte[] REPORT = "all is well\n".getBytes(UTF_8);
    private static final byte[] PLOT = {1, 2, 3};

    @TempDir
    private Path directory;

    private final SettableClock clock = new SettableClock();

    @AutoClose
    private BrokerUnderTest broker;

    private ScriptedNode node;
    private Job job;
    private FilesOfNode files;

    @BeforeEach
    void claim() {
        broker = BrokerUnderTest.start(directory, settings -> settings, clock);
        node = ScriptedNode.register(broker, "one", Map.of("features", List.of("files")));
        broker.submit(Map.of("code", "1", "outputs", List.of("*")));
        job = node.claimOne();
        files = new FilesOfNode(node, job);
    }

    private HttpResponse<byte[]> fetch(String path) throws IOException {
        try {
            return HttpClient.newHttpClient()
                    .send(broker.request(path).header("Accept-Encoding", "gzip").build(), BodyHandlers.ofByteArray());
        } catch (InterruptedException stop) {
            throw new IOException(stop);
        }
    }

    /** Each entry as {@code mode name=content}. */
    private List<String> entries(byte[] archive, long timeMs) throws IOException {
        List<String> entries = new ArrayList<>();
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new GZIPInputStream(new ByteArrayInputStream(archive)), "UTF-8")) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                assertThat(entry.isFile()).isTrue();
                assertThat(entry.getLastModifiedTime().to(TimeUnit.SECONDS)).isEqualTo(timeMs / 1000);
                entries.add(
                        "%o %s=%s".formatted(entry.getMode(), entry.getName(), new String(tar.readAllBytes(), UTF_8)));
            }
        }
        return entries;
    }

    @Test
    void all_files_come_in_one_archive_at_the_paths_that_they_had() throws IOException {
        String deep = "d/".repeat(60) + "n".repeat(200);
        long endedAtMs = clock.millis();
        files.with("plots/x.png", PLOT)
                .with("report.txt", REPORT)
                .with("run.sh", REPORT)
                .with("größe.txt", REPORT)
                .with(deep, REPORT)
                .with("empty", new byte[0])
                .report();
        clock.advance(Duration.ofSeconds(10));
        HttpResponse<byte[]> first = fetch("/download/" + job.id());
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue("Content-Type")).contains("application/gzip");
        assertThat(first.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(first.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename=\"" + job.id() + ".tar.gz\"");
        String report = new String(REPORT, UTF_8);
        assertThat(entries(first.body(), endedAtMs))
                .containsExactly(
                        "644 " + deep + "=" + report,
                        "644 empty=",
                        "644 größe.txt=" + report,
                        "644 plots/x.png=" + new String(PLOT, UTF_8),
                        "644 report.txt=" + report,
                        "755 run.sh=" + report);
        assertThat(fetch("/download/" + job.id()).body()).isEqualTo(first.body());
    }

    @Test
    void a_job_without_files_gives_an_empty_archive_and_an_unknown_job_none() throws IOException {
        files.report();
        HttpResponse<byte[]> empty = fetch("/download/" + job.id());
        assertThat(empty.statusCode()).isEqualTo(200);
        assertThat(entries(empty.body(), 0)).isEmpty();
        HttpResponse<byte[]> unknown = fetch("/download/pool-nobody");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(new String(unknown.body(), UTF_8)).contains("unknown_job");
    }

    private byte[] large() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        byte[] large = new byte[LARGE_BYTES];
        new Random(seed).nextBytes(large);
        return large;
    }

    private Path stored(byte[] bytes) {
        String sha256 = FilesOfNode.sha256(bytes);
        return directory
                .resolve(Broker.ARTIFACTS)
                .resolve(sha256.substring(0, 2))
                .resolve(sha256.substring(2, 4))
                .resolve(sha256);
    }

    @Test
    void a_large_file_comes_back_as_it_was_brought() throws IOException {
        byte[] large = large();
        files.with("large.bin", large).report();
        assertThat(fetch("/outputs/" + job.id() + "/large.bin").body()).isEqualTo(large);
        byte[] archive = fetch("/download/" + job.id()).body();
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new GZIPInputStream(new ByteArrayInputStream(archive)))) {
            assertThat(tar.getNextEntry().getName()).isEqualTo("large.bin");
            assertThat(tar.readAllBytes()).isEqualTo(large);
        }
    }

    @Test
    void a_download_that_cannot_be_ended_is_broken_off_so_that_nobody_takes_it_for_whole() throws IOException {
        byte[] large = large();
        files.with("large.bin", large).report();
        try (RandomAccessFile damaged = new RandomAccessFile(stored(large).toFile(), "rw")) {
            damaged.setLength(LARGE_BYTES / 2);
        }
        for (String path : List.of("/outputs/" + job.id() + "/large.bin", "/download/" + job.id())) {
            assertThatThrownBy(() -> fetch(path)).isInstanceOf(IOException.class);
        }
        assertThat(broker.get("/health").status()).isEqualTo(200);
    }

    @Test
    void readers_who_leave_midway_give_their_places_back() throws IOException {
        files.with("large.bin", large()).report();
        String file = "/outputs/" + job.id() + "/large.bin";
        List<Socket> readers = new ArrayList<>();
        try {
            for (int reader = 0; reader < Limits.DOWNLOADS; reader++) {
                readers.add(begin(reader % 16 == 0 ? "/download/" + job.id() : file));
            }
            assertThat(broker.get(file).text("code")).isEqualTo("rate_limited");
        } finally {
            for (Socket reader : readers) {
                reader.close();
            }
        }
        String waiting = broker.submit("2");
        int status = 429;
        for (int tries = 0; tries < 50 && status == 429; tries++) {
            broker.get("/status/" + waiting + "?wait=0.2");
            status = fetch(file).statusCode();
        }
        assertThat(status).isEqualTo(200);
    }

    /** Reads no further than to the headers. */
    private Socket begin(String path) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port());
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").getBytes(UTF_8));
        assertThat(new String(socket.getInputStream().readNBytes(12), UTF_8)).isEqualTo("HTTP/1.1 200");
        return socket;
    }

    @Test
    void a_file_that_is_gone_is_not_found_and_the_broker_goes_on() throws IOException {
        files.with("report.txt", REPORT).report();
        Files.delete(stored(REPORT));
        assertThat(broker.get("/outputs/" + job.id() + "/report.txt").text("code"))
                .isEqualTo("unknown_file");
        assertThat(broker.get("/download/" + job.id()).text("code")).isEqualTo("unknown_file");
    }
}
