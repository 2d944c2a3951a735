package io.sandrun.broker.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WaitersTest {
    private static final long LONG_MS = 600_000;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Waiters waiters = new Waiters(timer);

    @AfterEach
    void stop() {
        waiters.close();
        timer.shutdownNow();
    }

    @Test
    void one_beyond_the_limit_is_told_to_come_back_and_the_others_wait_on() {
        List<CompletableFuture<Void>> parked = new ArrayList<>();
        for (int count = 0; count < Limits.WAITERS; count++) {
            parked.add(waiters.park("job", LONG_MS));
        }
        assertThatThrownBy(() -> waiters.park("job", LONG_MS))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.RATE_LIMITED));
        assertThat(parked).noneMatch(CompletableFuture::isDone);
        waiters.wake("job");
        assertThat(parked).allMatch(CompletableFuture::isDone);
        assertThat(waiters.park("job", LONG_MS)).isNotDone();
    }

    @Test
    void whoever_gave_up_makes_room() throws Exception {
        for (int count = 1; count < Limits.WAITERS; count++) {
            assertThat(waiters.park("job " + count, LONG_MS)).isNotDone();
        }
        waiters.park("short", 1).get(LONG_MS, TimeUnit.MILLISECONDS);
        assertThat(waiters.park("next", LONG_MS)).isNotDone();
    }
}
