package io.sandrun.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.broker.Broker;
import io.sandrun.broker.BrokerUnderTest;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.Limits;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watchers that take nothing, and too many of them. */
class LogWatchersTest {
    private static final LogFormat TEXT =
            (attempt, parts) -> parts.stream().map(LogText.Part::text).toList();

    @TempDir
    private Path directory;

    private Store store;
    private LogWatchers watchers;
    private String jobId;

    /** The log of a job that printed something, without the broker around it. */
    @BeforeEach
    void open() {
        try (BrokerUnderTest broker = BrokerUnderTest.start(directory)) {
            String nodeId =
                    broker.post("/register", Map.of("endpoint", "http://old:1")).text("node_id");
            jobId = broker.submit("x");
            broker.post("/claim", Map.of("node_id", nodeId));
            broker.post(
                    "/complete",
                    Map.of("node_id", nodeId, "job_id", jobId, "output", "some text", "error", "", "exit_code", 0));
        }
        store = Store.open(directory.resolve(Broker.DATABASE), Clock.systemUTC());
        watchers = new LogWatchers(LogDesk.open(store, directory.resolve("logs"), 0, Runnable::run));
    }

    @AfterEach
    void close() {
        watchers.close();
        store.close();
    }

    /** A connection whose other side takes messages or does not. */
    private static final class Sink implements LogSink {
        private final CompletableFuture<String> given = new CompletableFuture<>();
        private final CompletableFuture<End> ended = new CompletableFuture<>();
        private final CompletableFuture<Void> dropped = new CompletableFuture<>();
        private final boolean takes;

        private Sink(boolean takes) {
            this.takes = takes;
        }

        @Override
        public void send(String message, Consumer<@Nullable Throwable> sent) {
            given.complete(message);
            if (takes) {
                sent.accept(null);
            }
        }

        @Override
        public void end(End why) {
            ended.complete(why);
        }

        @Override
        public void drop() {
            dropped.complete(null);
        }
    }

    private static <T> T await(CompletableFuture<T> later) {
        return later.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private LogWatch watch(Sink sink) {
        return watchers.watch(new LogWish(jobId, null, 0, 0), TEXT, sink);
    }

    @Test
    void one_who_takes_nothing_for_half_a_minute_is_cut_off() {
        Sink deaf = new Sink(false);
        watch(deaf);
        assertThat(await(deaf.given)).isEqualTo("some text");
        watchers.look(System.nanoTime() + Duration.ofSeconds(25).toNanos());
        assertThat(deaf.dropped).isNotDone();
        watchers.look(System.nanoTime() + Duration.ofSeconds(31).toNanos());
        assertThat(deaf.dropped).isDone();
        assertThat(deaf.ended).isNotDone();
    }

    @Test
    void one_who_takes_all_is_told_that_the_job_has_ended() {
        Sink good = new Sink(true);
        watch(good);
        assertThat(await(good.ended)).isEqualTo(LogSink.End.JOB_ENDED);
        watchers.look(System.nanoTime() + Duration.ofMinutes(10).toNanos());
        assertThat(good.dropped).isNotDone();
    }

    @Test
    void there_is_room_for_so_many_and_for_another_when_one_leaves() {
        LogWatch first = watch(new Sink(false));
        for (int more = 1; more < Limits.LOG_WATCHERS; more++) {
            watch(new Sink(false));
        }
        assertThatThrownBy(() -> watch(new Sink(true)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("Too many");
        watchers.leave(first);
        watchers.leave(first);
        Sink next = new Sink(true);
        watch(next);
        assertThat(await(next.ended)).isEqualTo(LogSink.End.JOB_ENDED);
        assertThatThrownBy(() -> watch(new Sink(true))).isInstanceOf(Refusal.class);
    }

    @Test
    void a_broker_that_stops_says_so_to_all() {
        Sink deaf = new Sink(false);
        watch(deaf);
        await(deaf.given);
        watchers.close();
        assertThat(await(deaf.ended)).isEqualTo(LogSink.End.STOPPING);
        assertThatThrownBy(() -> watch(new Sink(true))).isInstanceOf(Refusal.class);
    }
}
