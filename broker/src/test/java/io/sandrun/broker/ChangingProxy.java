package io.sandrun.broker;

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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** The way between a node and its broker, on which somebody changes what passes. */
final class ChangingProxy implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> OF_REQUESTS = List.of("Authorization", "Content-Type", "Accept");
    private static final List<String> OF_ANSWERS = List.of("Content-Type", "Sandrun-Seal");

    private final URI target;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** What becomes of the bodies of requests and of answers. */
    private volatile UnaryOperator<byte[]> requests = body -> body;

    private volatile UnaryOperator<HttpResponse<byte[]>> heard = answer -> answer;
    private volatile UnaryOperator<byte[]> answers = body -> body;
    private volatile UnaryOperator<String> paths = path -> path;

    ChangingProxy(String target) throws IOException {
        this.target = URI.create(target);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::pass);
        server.setExecutor(threads);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void changeRequests(UnaryOperator<byte[]> change) {
        requests = change;
    }

    void changeAnswers(UnaryOperator<byte[]> change) {
        answers = change;
    }

    void renamePaths(UnaryOperator<String> change) {
        paths = change;
    }

    /** From now on each request, though it passes, is answered with what the first of them was answered with. */
    void repeatAnswers() {
        AtomicReference<HttpResponse<byte[]>> first = new AtomicReference<>();
        heard = answer -> {
            first.compareAndSet(null, answer);
            return first.get();
        };
    }

    /** Another last byte. */
    static byte[] changed(byte[] body) {
        byte[] changed = body.clone();
        changed[changed.length - 1] ^= 1;
        return changed;
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            target.resolve(paths.apply(exchange.getRequestURI().toString())))
                    .timeout(PATIENCE)
                    .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(requests.apply(body)));
            for (String name : OF_REQUESTS) {
                exchange.getRequestHeaders()
                        .getOrDefault(name, List.of())
                        .forEach(value -> request.header(name, value));
            }
            HttpResponse<byte[]> answer = heard.apply(client.send(request.build(), BodyHandlers.ofByteArray()));
            for (String name : OF_ANSWERS) {
                answer.headers()
                        .allValues(name)
                        .forEach(value -> exchange.getResponseHeaders().add(name, value));
            }
            byte[] answered = answers.apply(answer.body());
            exchange.sendResponseHeaders(answer.statusCode(), answered.length == 0 ? -1 : answered.length);
            exchange.getResponseBody().write(answered);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
