package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.store.WriteObserver.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the broker does while its disk takes nothing, and after. */
class RefusedCommitTest {
    private static final Duration NODE_TIMEOUT = Duration.ofSeconds(1);
    private final SettableClock clock = new SettableClock();
    private final AtomicBoolean refuses = new AtomicBoolean();
    private final CountDownLatch refused = new CountDownLatch(3);

    private BrokerUnderTest start(Path directory) {
        return BrokerUnderTest.start(directory, settings -> settings.nodeTimeout(NODE_TIMEOUT), clock, step -> {
            if (step == Step.COMMIT && refuses.get()) {
                refused.countDown();
                throw new IllegalStateException("the disk takes nothing");
            }
        });
    }

    @Test
    void a_refused_submit_is_told_so_and_reads_go_on(@TempDir Path directory) {
        try (BrokerUnderTest broker = start(directory)) {
            String accepted = broker.submit("print(1)");
            refuses.set(true);
            Reply reply = broker.post("/submit", Map.of("code", "print(2)"));
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.text("code")).isEqualTo("unavailable");
            assertThat(broker.state(accepted)).isEqualTo("pending");
            refuses.set(false);
            assertThat(broker.post("/submit", Map.of("code", "print(2)")).status())
                    .isEqualTo(200);
            assertThat(broker.get("/health").body().path("jobs").asInt()).isEqualTo(2);
        }
    }

    @Test
    void leases_of_a_silent_node_are_taken_when_the_disk_takes_writes_again(@TempDir Path directory) throws Exception {
        try (BrokerUnderTest broker = start(directory)) {
            ScriptedNode silent = ScriptedNode.register(broker, "silent");
            broker.submit("print(1)");
            silent.claimOne();
            refuses.set(true);
            clock.advance(NODE_TIMEOUT.multipliedBy(3));
            assertThat(refused.await(20, TimeUnit.SECONDS)).isTrue();
            refuses.set(false);
            assertThat(ScriptedNode.register(broker, "other").claimOne().attempt())
                    .isEqualTo(2);
        }
    }
}
