package io.sandrun.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A web server on loopback that serves a map of paths, and remembers what it was asked for. Thread-safe. */
public final class LoopbackIndex implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, byte[]> pages = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    public LoopbackIndex() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(exchange.getRequestMethod() + " " + path);
        byte[] page = pages.get(path);
        if (path.endsWith("/") || path.indexOf('.') < 0) {
            boolean isJson = page != null && page.length > 0 && page[0] == '{';
            exchange.getResponseHeaders().set("Content-Type", isJson ? "application/json" : "text/html");
        }
        exchange.sendResponseHeaders(page == null ? 404 : 200, page == null || page.length == 0 ? -1 : page.length);
        try (OutputStream body = exchange.getResponseBody()) {
            if (page != null) {
                body.write(page);
            }
        }
    }

    public LoopbackIndex serve(String path, byte[] content) {
        pages.put(path, content);
        return this;
    }

    /** Method and path of each request so far. */
    public List<String> requests() {
        return requests;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public String address() {
        return "127.0.0.1:" + port();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
