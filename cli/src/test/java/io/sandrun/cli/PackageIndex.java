package io.sandrun.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;

/** An index for pip and a registry for npm on loopback, with packages made here. Thread-safe. */
final class PackageIndex implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, byte[]> pages = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Map<String, Gate> gates = new ConcurrentHashMap<>();

    /** Each request on its own, so that one that is held holds no other. */
    private final ExecutorService threads = Executors.newCachedThreadPool();

    PackageIndex() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** Holds one request until the test lets it go. */
    static final class Gate {
        private static final long PATIENCE_SECONDS = 60;

        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);

        /** Waits until somebody stands before it. */
        void awaitAsked() throws InterruptedException {
            if (!asked.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody asked for what is held");
            }
        }

        void open() {
            opened.countDown();
        }

        private void pass() throws IOException {
            asked.countDown();
            try {
                if (!opened.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IOException("nobody opened the gate");
                }
            } catch (InterruptedException closing) {
                throw new IOException(closing);
            }
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(path);
        Gate gate = gates.remove(path);
        if (gate != null) {
            gate.pass();
        }
        byte[] page = pages.get(path);
        exchange.getResponseHeaders()
                .set("Content-Type", path.startsWith("/simple") ? "text/html" : "application/json");
        exchange.sendResponseHeaders(page == null ? 404 : 200, page == null ? -1 : page.length);
        try (OutputStream body = exchange.getResponseBody()) {
            if (page != null) {
                body.write(page);
            }
        }
    }

    String pip() {
        return url() + "/simple";
    }

    String npm() {
        return url() + "/npm/";
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<String> requests() {
        return requests;
    }

    /** The next request for a Python package's file is answered when its gate is opened. */
    Gate hold(String name) {
        Gate gate = new Gate();
        gates.put("/files/" + wheelName(name), gate);
        return gate;
    }

    /** How often a Python package's file was asked for. */
    long requestsFor(String name) {
        return requests.stream()
                .filter(path -> path.equals("/files/" + wheelName(name)))
                .count();
    }

    private static String wheelName(String name) {
        return name + "-1.0-py3-none-any.whl";
    }

    /** A Python package with one module that has {@code WORD}. */
    PackageIndex offerPython(String name) throws IOException {
        String file = wheelName(name);
        pages.put(
                "/simple/" + name + "/",
                bytes("<html><body><a href=\"/files/" + file + "\">" + file + "</a></body></html>"));
        pages.put("/files/" + file, wheel(name));
        return this;
    }

    static byte[] wheel(String name) throws IOException {
        String info = name + "-1.0.dist-info/";
        Map<String, String> files = new LinkedHashMap<>();
        files.put(name + ".py", "WORD = '" + name + " was installed'\n");
        files.put(info + "METADATA", "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1.0\n");
        files.put(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
        files.put(info + "RECORD", String.join(",,\n", files.keySet()) + ",,\n" + info + "RECORD,,\n");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(packed)) {
            for (var file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(bytes(file.getValue()));
            }
        }
        return packed.toByteArray();
    }

    /** A package for Node.js that can be had by {@code import} alone. */
    PackageIndex offerNode(String name) throws IOException, GeneralSecurityException {
        String manifest = "{\"name\":\"%s\",\"version\":\"1.0.0\",\"type\":\"module\",\"exports\":\"./index.js\"}"
                .formatted(name);
        byte[] tarball = tarGz(Map.of(
                "package/package.json", bytes(manifest),
                "package/index.js", bytes("export const word = '" + name + " was installed';\n")));
        String path = "/npm/" + name + "/-/" + name + "-1.0.0.tgz";
        String integrity = "sha512-"
                + Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-512").digest(tarball));
        pages.put("/npm/" + name, bytes("""
                {"name":"%s","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"%s","version":"1.0.0",
                "dist":{"tarball":"%s","integrity":"%s"}}}}
                """.formatted(name, name, url() + path, integrity)));
        pages.put(path, tarball);
        return this;
    }

    /** Equal files make equal bytes. */
    static byte[] tarGz(Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(packed))) {
            for (var file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(file.getValue().length);
                entry.setModTime(0);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        }
        return packed.toByteArray();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
