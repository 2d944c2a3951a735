package io.sandrun.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentAnswerTest {
    private final AtomicBoolean truth = new AtomicBoolean(true);
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE);
    private final RecentAnswer recent = new RecentAnswer(truth::get, Duration.ofNanos(10), nanos::get);

    @Test
    void an_answer_is_given_again_until_it_is_too_old() {
        assertThat(recent.getAsBoolean()).isTrue();
        truth.set(false);
        nanos.addAndGet(9);
        assertThat(recent.getAsBoolean()).isTrue();
        nanos.addAndGet(1);
        assertThat(recent.getAsBoolean()).isFalse();
        truth.set(true);
        assertThat(recent.getAsBoolean()).isFalse();
    }
}
