package io.sandrun.broker.http.flow;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.javalin.Javalin;
import io.sandrun.broker.Refusal;
import io.sandrun.protocol.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes of slow senders and readers in the end, with limits of which a test can wait for the end. */
class FlowTest {
    private static final int PATIENCE_MS = 20_000;
    private static final int SMALL_WINDOW_BYTES = 4096;
    private static final double SECONDS = 0.5;
    private static final int PLACES = 20;
    private static final int PLACES_OF_ADDRESS = 5;
    private static final String BRIEF = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    private static final int LARGE_BYTES = 24 << 20;

    private Flow flow;
    private Javalin server;
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CompletableFuture<String> later = new CompletableFuture<>();
    private final List<Socket> sockets = new ArrayList<>();
    private final ExecutorService senders = Executors.newCachedThreadPool();

    @BeforeEach
    void start() {
        flow = new Flow(
                new Pace.Least(Limits.SLOWEST_BYTES_PER_SECOND, SECONDS),
                2 * SECONDS,
                new Shares(PLACES, PLACES_OF_ADDRESS));
        server = Javalin.create(settings -> {
                    settings.startup.showJavalinBanner = false;
                    settings.jetty.port = 0;
                    settings.jetty.modifyServer(flow::addTo);
                    settings.routes.post("/body", request -> {
                        byte[] body = ReadBody.of(request, Limits.BODY_BYTES);
                        request.result(body.length + " bytes");
                    });
                    settings.routes.get("/large", request -> request.result(new byte[LARGE_BYTES]));
                    settings.routes.ws("/echo", socket -> socket.onMessage(said -> said.send(said.message())));
                    settings.jetty.modifyWebSocketServletFactory(made -> made.setIdleTimeout(Duration.ofMinutes(1)));
                    settings.routes.get("/", request -> request.result("here"));
                    settings.routes.get("/later", request -> {
                        asked.countDown();
                        request.future(() -> later.thenAccept(request::result));
                    });
                    settings.routes.exception(
                            Refusal.class,
                            (refusal, request) ->
                                    request.status(refusal.code().httpStatus()).result(refusal.getMessage()));
                })
                .start();
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        senders.shutdownNow();
        server.stop();
        flow.close();
    }

    private Socket sent(String text) throws IOException {
        return sent(InetAddress.getLoopbackAddress(), text);
    }

    private Socket sent(InetAddress to, String text) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setSoTimeout(PATIENCE_MS);
        socket.setReceiveBufferSize(SMALL_WINDOW_BYTES);
        socket.connect(new InetSocketAddress(to, server.port()));
        socket.getOutputStream().write(text.getBytes(US_ASCII));
        return socket;
    }

    private static String post(int length) {
        return "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n";
    }

    /** Sends a byte again and again, until the other side has enough. */
    private Future<?> trickle(Socket socket) {
        return senders.submit(() -> {
            InputStream in = socket.getInputStream();
            socket.setSoTimeout(20);
            while (!Thread.interrupted()) {
                socket.getOutputStream().write('x');
                try {
                    if (in.read() < 0) {
                        return "closed";
                    }
                    return "answered";
                } catch (SocketTimeoutException nothingYet) {
                    // It is the pause between two bytes.
                }
            }
            return "interrupted";
        });
    }

    private static String answer(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }

    @Test
    void a_body_that_comes_late_but_whole_is_read() throws IOException {
        Socket socket = sent(post(10) + "12345");
        socket.getOutputStream()
                .write("67890GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
        assertThat(answer(socket)).contains("10 bytes").endsWith("here");
    }

    @Test
    void a_body_that_stops_is_answered_with_408_and_the_connection_closed() throws IOException {
        assertThat(answer(sent(post(10) + "12345"))).startsWith("HTTP/1.1 408");
    }

    @Test
    void a_body_that_trickles_is_answered_with_408() throws Exception {
        Socket socket = sent(post(1_000_000));
        assertThat(trickle(socket).get()).isEqualTo("answered");
    }

    @Test
    void a_head_that_does_not_come_or_trickles_ends_the_connection() throws Exception {
        assertThat(answer(sent(""))).isEmpty();
        assertThat(answer(sent("GET / HTTP/1.1\r\nX: "))).isEmpty();
        assertThat(trickle(sent("GET / HTTP/1.1\r\nX: ")).get()).isEqualTo("closed");
    }

    @Test
    void connections_beyond_all_places_are_closed_until_the_silent_ones_have_gone() throws IOException {
        for (int silent = 0; silent < PLACES; silent++) {
            sent("");
        }
        assertThat(isClosed(sent(""))).isTrue();
        for (Socket silent : List.copyOf(sockets)) {
            assertThat(isClosed(silent)).isTrue();
        }
        assertThat(answer(sent(BRIEF))).endsWith("here");
    }

    @Test
    void a_web_socket_may_be_silent() throws Exception {
        CompletableFuture<String> heard = new CompletableFuture<>();
        WebSocket.Listener listener = new WebSocket.Listener() {
            @Override
            public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
                heard.complete(text.toString());
                return null;
            }
        };
        URI echo = URI.create("ws://127.0.0.1:" + server.port() + "/echo");
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(echo, listener)
                .join();
        // Each of them is closed after the time that the silent socket has been silent, too.
        assertThat(isClosed(sent(""))).isTrue();
        assertThat(isClosed(sent(""))).isTrue();
        socket.sendText("still here", true).join();
        assertThat(heard.get(PATIENCE_MS, TimeUnit.MILLISECONDS)).isEqualTo("still here");
        socket.abort();
    }

    @Test
    void one_address_does_not_have_all_places() throws IOException {
        InetAddress own = ownAddress();
        List<Socket> held = new ArrayList<>();
        for (int busy = 0; busy < PLACES_OF_ADDRESS; busy++) {
            held.add(sent(own, ""));
        }
        assertThat(isClosed(sent(own, ""))).isTrue();
        assertThat(answer(sent(BRIEF))).endsWith("here");
        for (Socket socket : held) {
            assertThat(isClosed(socket)).isTrue();
        }
        assertThat(answer(sent(own, BRIEF))).endsWith("here");
    }

    /** Jetty would give up, and say so. */
    @Test
    void a_request_that_goes_on_does_not_hold_the_stop_of_the_server() throws Exception {
        Socket socket = sent("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(asked.await(PATIENCE_MS, TimeUnit.MILLISECONDS)).isTrue();
        server.jettyServer().server().setStopTimeout(PATIENCE_MS);
        flow.cutOffFrom(System.nanoTime());
        server.stop();
        assertThat(answer(socket)).isEmpty();
    }

    @Test
    void one_that_is_answered_in_time_gets_its_answer_while_the_server_stops() throws Exception {
        Socket socket = sent("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(asked.await(PATIENCE_MS, TimeUnit.MILLISECONDS)).isTrue();
        server.jettyServer().server().setStopTimeout(PATIENCE_MS);
        CountDownLatch stopping = new CountDownLatch(1);
        server.jettyServer().server().addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStopping(LifeCycle stop) {
                stopping.countDown();
            }
        });
        flow.cutOffFrom(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS));
        Future<?> stopped = senders.submit(server::stop);
        assertThat(stopping.await(PATIENCE_MS, TimeUnit.MILLISECONDS)).isTrue();
        later.complete("here");
        assertThat(answer(socket)).endsWith("here");
        stopped.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    private static boolean isClosed(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** The machine as others see it. */
    private static InetAddress ownAddress() throws IOException {
        Optional<InetAddress> own = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .findFirst();
        assumeThat(own).as("this machine has an address beside loopback").isPresent();
        return own.get();
    }

    @Test
    void an_answer_that_is_not_read_ends_the_connection() throws IOException {
        Socket socket = sent("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
        // The clock has to run out before the first byte is taken: a connection that says nothing dies later than that.
        assertThat(sent("").getInputStream().read()).isNegative();
        assertThat(sent("").getInputStream().read()).isNegative();
        long read = 0;
        byte[] piece = new byte[1 << 16];
        try (InputStream in = socket.getInputStream()) {
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                read += count;
            }
        } catch (IOException reset) {
            // Likewise an end.
        }
        assertThat(read).isLessThan(LARGE_BYTES);
    }
}
