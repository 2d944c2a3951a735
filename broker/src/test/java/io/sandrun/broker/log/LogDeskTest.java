package io.sandrun.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.Broker;
import io.sandrun.broker.BrokerUnderTest;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.log.LogBatch;
import io.sandrun.protocol.log.LogFrame;
import io.sandrun.protocol.log.LogStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogDeskTest {
    private static final int JOBS = 30;
    private static final long PATIENCE_SECONDS = 30;

    @TempDir
    private Path directory;

    private String nodeId;
    private final List<JsonNode> claimed = new ArrayList<>();
    private Store store;
    private LogDesk desk;

    /** Jobs that a node holds, without the broker around them. */
    @BeforeEach
    void open() {
        try (BrokerUnderTest broker = BrokerUnderTest.start(directory)) {
            nodeId =
                    broker.post("/register", Map.of("endpoint", "http://old:1")).text("node_id");
            for (int number = 0; number < JOBS; number++) {
                broker.submit("print(%d)".formatted(number));
                claimed.add(
                        broker.post("/claim", Map.of("node_id", nodeId)).body().path("job"));
            }
        }
        store = Store.open(directory.resolve(Broker.DATABASE), Clock.systemUTC());
        desk = LogDesk.open(store, directory.resolve("logs"), 0, Runnable::run);
    }

    @AfterEach
    void close() {
        desk.close();
        store.close();
    }

    /** Whoever took it for whole would be told no more of it. */
    @Test
    void a_log_that_has_just_begun_is_not_taken_for_whole() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        CompletableFuture<Void> node = CompletableFuture.runAsync(() -> {
            for (JsonNode job : claimed) {
                await(together);
                assertThat(desk.append(nodeId, firstByteOf(job))).isEqualTo(1);
            }
        });
        for (JsonNode job : claimed) {
            await(together);
            try (Frames log = first(job.path("id").asText(), node)) {
                assertThat(log.isWhole()).isFalse();
            }
        }
        node.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Else each of them would read it from its beginning. */
    @Test
    void whoever_looks_later_has_the_places_of_those_before() {
        JsonNode job = claimed.get(0);
        desk.append(nodeId, firstByteOf(job));
        String jobId = job.path("id").asText();
        LogPlaces places = placesOf(jobId);
        desk.leaseEnded(store.read(tables -> tables.jobs().find(jobId)).orElseThrow());
        assertThat(placesOf(jobId)).isSameAs(places);
    }

    private LogPlaces placesOf(String jobId) {
        try (Frames log = Objects.requireNonNull(desk.look(jobId).orElseThrow().log())) {
            return log.places();
        }
    }

    /** The log as soon as there is one. */
    private Frames first(String jobId, CompletableFuture<Void> node) {
        while (true) {
            Frames log = desk.look(jobId).orElseThrow().log();
            if (log != null) {
                return log;
            }
            if (node.isCompletedExceptionally()) {
                node.join();
            }
        }
    }

    private static LogBatch.Part firstByteOf(JsonNode job) {
        LogFrame head = new LogFrame(LogStream.STDOUT, 0, 1);
        ByteBuffer frame = ByteBuffer.allocate(head.size());
        head.putHead(frame);
        return new LogBatch.Part(
                job.path("id").asText(),
                job.path("lease_id").asText(),
                0,
                frame.put((byte) 'x').array());
    }

    private static void await(CyclicBarrier together) {
        try {
            together.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (Exception broken) {
            throw new AssertionError(broken);
        }
    }
}
