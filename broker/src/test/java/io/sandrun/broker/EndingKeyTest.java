package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.protocol.identity.ApiKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A key that ends while a node opens the connection that shows its presence, and a caller who is gone just then. */
class EndingKeyTest {
    private static final double ONE_SECOND_IN_DAYS = 1.0 / 86_400;

    private final AskedClock clock = new AskedClock();

    @AutoClose
    private BrokerUnderTest broker;

    private BrokerUnderTest admin;
    private int nodes;
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void start(@TempDir Path directory) {
        broker = BrokerUnderTest.start(directory, settings -> settings, clock);
        admin = broker.as(broker.key("admin"));
        log.start();
        root().addAppender(log);
    }

    @AfterEach
    void listenNoMore() {
        root().detachAppender(log);
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    /** Stands still; does something when those who serve requests look at it a certain time. */
    private static final class AskedClock extends Clock {
        private final SettableClock time = new SettableClock();
        private final AtomicInteger asked = new AtomicInteger();
        private volatile int moment = Integer.MAX_VALUE;
        private volatile Runnable then = () -> {};

        /** @param times how often they look before it happens */
        void after(int times, Runnable what) {
            then = what;
            asked.set(0);
            moment = times;
        }

        int asked() {
            return asked.get();
        }

        @Override
        public Instant instant() {
            boolean isServing = Thread.currentThread().getName().startsWith("sandrun-http");
            if (isServing && asked.getAndIncrement() == moment) {
                moment = Integer.MAX_VALUE;
                then.run();
            }
            return time.instant();
        }

        @Override
        public ZoneId getZone() {
            return time.getZone();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** A node under a key that has a second to live. */
    private final class Caller implements AutoCloseable {
        private final Socket socket;
        private final ScriptedNode node;
        private final String request;

        Caller() throws IOException {
            Reply made = admin.post("/keys", Map.of("role", "node", "expires_days", ONE_SECOND_IN_DAYS));
            node = ScriptedNode.register(broker.as(made.text("key")), "node " + nodes++);
            request = "GET /nodes/" + node.id() + "/presence HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                    + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nAuthorization: " + node.session() + "\r\n"
                    + ApiKey.HEADER + ": " + made.text("key") + "\r\n\r\n";
            socket = new Socket(InetAddress.getLoopbackAddress(), broker.port());
            // An end without a farewell.
            socket.setSoLinger(true, 0);
        }

        void send(String more) throws IOException {
            socket.getOutputStream().write((request + more).getBytes(StandardCharsets.ISO_8859_1));
        }

        /** Until the broker ends the connection. */
        void readToEnd() throws IOException {
            try {
                socket.getInputStream().readAllBytes();
            } catch (SocketException cutOff) {
                // That is an end, too.
            }
        }

        boolean isPresent() {
            return admin.node(node.id()).path("present").asBoolean();
        }

        @Override
        public void close() {
            cutOff();
        }

        void cutOff() {
            try {
                socket.close();
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            }
        }
    }

    /** How often those who serve look at the clock until a connection is open: a frame is read after that. */
    private int momentsOfHandshake() throws IOException {
        try (Caller caller = new Caller()) {
            clock.after(Integer.MAX_VALUE, () -> {});
            // A frame that is not masked, which ends the connection.
            caller.send("\u0081\u0001x");
            caller.readToEnd();
            return clock.asked();
        }
    }

    @Test
    void nobody_stays_present_whenever_it_is() throws IOException {
        int moments = momentsOfHandshake();
        assertThat(moments).isBetween(2, 50);
        for (int moment = 0; moment < moments; moment++) {
            try (Caller caller = new Caller()) {
                clock.after(moment, () -> {
                    caller.cutOff();
                    clock.time.advance(Duration.ofSeconds(2));
                });
                caller.send("");
                BrokerUnderTest.await(() -> clock.moment == Integer.MAX_VALUE);
                BrokerUnderTest.await(() -> !caller.isPresent());
            }
        }
        // Whoever is gone before the answer is no fault of the broker's.
        assertThat(log.list)
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .isEmpty();
    }
}
