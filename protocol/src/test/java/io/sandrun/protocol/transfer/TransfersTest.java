package io.sandrun.protocol.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large bodies against a server that breaks off, changes its mind, or says nothing more. */
class TransfersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> ranges = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private byte[] content;

    @BeforeEach
    void start() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        content = new byte[1_000_000];
        new Random(seed).nextBytes(content);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void a_download_that_breaks_off_goes_on_where_it_was() throws Exception {
        serve(exchange -> answer(exchange, "\"one\"", ranges.size() < 3 ? 300_000 : content.length));
        assertThat(fetch(PATIENCE)).isEmpty();
        assertThat(target()).hasBinaryContent(content);
        assertThat(ranges).first().isEqualTo("none");
        assertThat(ranges)
                .hasSizeGreaterThan(1)
                .last()
                .asString()
                .startsWith("bytes=")
                .isNotEqualTo("bytes=0-");
    }

    @Test
    void a_file_that_became_another_is_fetched_from_its_beginning() throws Exception {
        byte[] before = content.clone();
        serve(exchange -> {
            if (ranges.isEmpty()) {
                answer(exchange, "\"one\"", 400_000);
            } else {
                content[0] ^= 1;
                answer(exchange, "\"two\"", content.length);
            }
        });
        assertThat(fetch(PATIENCE)).isEmpty();
        assertThat(target()).hasBinaryContent(content);
        assertThat(content).isNotEqualTo(before);
    }

    @Test
    void an_answer_that_is_an_error_is_handed_on() throws Exception {
        serve(exchange -> {
            exchange.sendResponseHeaders(404, 2);
            exchange.getResponseBody().write("no".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        HttpResponse<byte[]> answer = fetch(PATIENCE).orElseThrow();
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).asString(StandardCharsets.UTF_8).isEqualTo("no");
        assertThat(target()).isEmptyFile();
    }

    @Test
    void a_transfer_that_stands_still_is_given_up() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        serve(exchange -> {
            exchange.getResponseHeaders().set("ETag", "\"one\"");
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, 1000);
            exchange.getResponseBody().flush();
            awaitQuietly(over);
        });
        assertThatThrownBy(() -> fetch(Duration.ofMillis(300))).isInstanceOf(TransferStalledException.class);
        over.countDown();
    }

    @Test
    void a_form_arrives_part_by_part_with_its_length_where_it_is_known() throws Exception {
        byte[][] arrived = new byte[1][];
        List<String> lengths = new ArrayList<>();
        serve(exchange -> {
            arrived[0] = exchange.getRequestBody().readAllBytes();
            lengths.add(String.valueOf(exchange.getRequestHeaders().getFirst("Content-Length")));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        AtomicLong moved = new AtomicLong();
        AtomicLong total = new AtomicLong();
        for (long size : new long[] {content.length, -1}) {
            MultipartForm form = new MultipartForm()
                    .text("manifest", "application/json", "{}")
                    .file("files", new UploadFile("a \"b\".bin", size, () -> new ByteArrayInputStream(content)));
            var answer = new Transfers(http).post(HttpRequest.newBuilder(address()), form, (bytes, all) -> {
                moved.set(bytes);
                total.set(all);
            });
            assertThat(answer.statusCode()).isEqualTo(204);
            assertThat(moved).hasValue(content.length);
            assertThat(total).hasValue(size);
            String text = new String(arrived[0], StandardCharsets.ISO_8859_1);
            assertThat(text)
                    .contains("name=\"manifest\"\r\nContent-Type: application/json\r\n\r\n{}\r\n--sandrun-")
                    .contains("filename=\"a \\\"b\\\".bin\"\r\n")
                    .contains("\r\n\r\n" + new String(content, StandardCharsets.ISO_8859_1) + "\r\n--sandrun-")
                    .endsWith("--\r\n");
        }
        assertThat(lengths).containsExactly(String.valueOf(arrived[0].length), "null");
    }

    @Test
    void a_file_that_cannot_be_read_is_told_and_not_sent_short() throws Exception {
        serve(exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        for (long size : new long[] {10, -1}) {
            MultipartForm form = new MultipartForm()
                    .file("files", new UploadFile("a", size, () -> Files.newInputStream(directory.resolve("absent"))));
            assertThatThrownBy(() -> new Transfers(http).post(HttpRequest.newBuilder(address()), form, Progress.UNSEEN))
                    .isInstanceOf(NoSuchFileException.class);
        }
    }

    private Optional<HttpResponse<byte[]>> fetch(Duration patience) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(address()).build();
        return new Download(http, request, target(), Progress.UNSEEN, patience).fetch();
    }

    private Path target() {
        return directory.resolve("target");
    }

    private URI address() {
        return URI.create("http://127.0.0.1:%d/".formatted(server.getAddress().getPort()));
    }

    private void serve(HttpHandler handler) {
        server.createContext("/", handler);
    }

    /** The content or what was asked of it, broken off after some bytes of it. */
    private void answer(HttpExchange exchange, String tag, int limit) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        boolean same = tag.equals(exchange.getRequestHeaders().getFirst("If-Range"));
        ranges.add(String.valueOf(range).replace("null", "none"));
        int from = range == null || !same ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        exchange.getResponseHeaders().set("ETag", tag);
        exchange.getResponseHeaders()
                .set("Content-Range", "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
        exchange.sendResponseHeaders(from == 0 ? 200 : 206, content.length - from);
        byte[] part = Arrays.copyOfRange(content, from, Math.min(content.length, from + limit));
        exchange.getResponseBody().write(part);
        exchange.getResponseBody().flush();
        exchange.close();
    }

    private static void awaitQuietly(CountDownLatch over) {
        try {
            over.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
