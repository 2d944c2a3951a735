package io.sandrun.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NodeTimerTest {
    @Test
    void what_fails_once_is_done_again() throws InterruptedException {
        CountDownLatch times = new CountDownLatch(3);
        try (NodeTimer timer = new NodeTimer()) {
            timer.repeat(Duration.ofMillis(1), "failing", () -> {
                times.countDown();
                throw new IllegalStateException("a fault of the test");
            });
            assertThat(times.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
