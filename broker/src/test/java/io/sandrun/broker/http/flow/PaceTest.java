package io.sandrun.broker.http.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final Pace.Least LEAST = new Pace.Least(100, 10);
    private static final long START = Long.MAX_VALUE - 1;

    private final Pace pace = new Pace(LEAST, START);

    /** Times of the clock wrap around. */
    private boolean isTooSlowAfter(double seconds) {
        return pace.isTooSlow(START + (long) (seconds * TimeUnit.SECONDS.toNanos(1)));
    }

    @Test
    void there_is_time_to_begin() {
        assertThat(isTooSlowAfter(10)).isFalse();
        assertThat(isTooSlowAfter(10.1)).isTrue();
    }

    @Test
    void what_was_fast_may_rest_until_it_is_slow_on_average() {
        pace.moved(1_000);
        assertThat(isTooSlowAfter(19.9)).isFalse();
        assertThat(isTooSlowAfter(20.1)).isTrue();
        pace.moved(1_000);
        assertThat(isTooSlowAfter(20.1)).isFalse();
    }

    @Test
    void an_honest_line_of_100_kib_each_second_brings_the_largest_upload() {
        Pace honest = new Pace(Pace.LEAST, 0);
        for (long second = 1; second <= 21_000; second++) {
            honest.moved(100 << 10);
            assertThat(honest.isTooSlow(TimeUnit.SECONDS.toNanos(second))).isFalse();
        }
    }
}
