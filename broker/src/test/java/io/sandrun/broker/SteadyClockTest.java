package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
    private final SettableClock wall = new SettableClock();
    private final AtomicLong monotonicNanos = new AtomicLong(-5);
    private final SteadyClock steady = new SteadyClock(wall, monotonicNanos::get);
    private final long startedAtMs = wall.millis();

    @Test
    void it_goes_with_a_wall_clock_that_does_not_jump() {
        both(Duration.ofHours(3));
        assertThat(steady.millis()).isEqualTo(wall.millis());
    }

    @Test
    void a_jump_forward_is_followed_a_tenth_faster() {
        wall.advance(Duration.ofHours(1));
        assertThat(steady.millis()).isEqualTo(startedAtMs);
        both(Duration.ofSeconds(10));
        assertThat(steady.millis() - startedAtMs).isEqualTo(11_000);
    }

    @Test
    void a_jump_backward_is_followed_a_tenth_slower_and_never_backward() {
        wall.advance(Duration.ofHours(-1));
        assertThat(steady.millis()).isEqualTo(startedAtMs);
        both(Duration.ofSeconds(10));
        assertThat(steady.millis() - startedAtMs).isEqualTo(9_000);
    }

    @Test
    void it_shows_the_wall_clocks_time_again_when_it_has_caught_up() {
        wall.advance(Duration.ofSeconds(5));
        for (int second = 0; second < 60; second++) {
            both(Duration.ofSeconds(1));
            steady.millis();
        }
        assertThat(steady.millis()).isEqualTo(wall.millis());
    }

    private void both(Duration step) {
        wall.advance(step);
        monotonicNanos.addAndGet(step.toNanos());
    }
}
