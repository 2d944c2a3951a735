package io.sandrun.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** The way between a node and its broker, on which somebody listens and keeps every request. WebSockets do not pass. */
final class RecordingProxy implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final List<String> CARRIED = List.of("Authorization", "Content-Type", "Accept");
    private static final List<String> ANSWERED = List.of("Content-Type", "Sandrun-Seal");

    private final URI target;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<Recorded> recorded = new CopyOnWriteArrayList<>();

    /** One request as it passed; each byte of its body is a character. */
    record Recorded(String method, String path, Map<String, String> headers, String body) {}

    RecordingProxy(String target) throws IOException {
        this.target = URI.create(target);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::pass);
        server.setExecutor(threads);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What was sent to a path, in order; answered by now or not. */
    List<Recorded> of(String path) {
        return recorded.stream().filter(request -> request.path.equals(path)).toList();
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            Recorded request = new Recorded(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    CARRIED.stream()
                            .filter(exchange.getRequestHeaders()::containsKey)
                            .collect(Collectors.toMap(
                                    name -> name,
                                    name -> exchange.getRequestHeaders().getFirst(name))),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
            recorded.add(request);
            HttpResponse<byte[]> answer = send(request);
            for (String name : ANSWERED) {
                answer.headers()
                        .firstValue(name)
                        .ifPresent(value -> exchange.getResponseHeaders().set(name, value));
            }
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends a request as it was recorded, once more if it passed before. */
    HttpResponse<byte[]> send(Recorded request) throws IOException, InterruptedException {
        HttpRequest.Builder again = HttpRequest.newBuilder(target.resolve(request.path))
                .timeout(PATIENCE)
                .method(request.method, BodyPublishers.ofString(request.body, StandardCharsets.ISO_8859_1));
        request.headers.forEach(again::header);
        return client.send(again.build(), BodyHandlers.ofByteArray());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
