package io.sandrun.runtime.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DemandTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** By a clock that begins where it overflows soon. */
    private long now = Long.MAX_VALUE - SECOND;

    private final Demand demand = new Demand(now);

    private static ZygoteKind kind(int number) {
        var shown = new Layout.Wanted(Room.PLAIN, 1, 1, List.of(), List.of(), false);
        return new ZygoteKind(List.of("python" + number), Map.of(), shown, List.of());
    }

    private ZygoteKind wanted(int number) {
        demand.note(kind(number));
        demand.note(kind(number));
        return kind(number);
    }

    /** The seconds until it may be tried again, whoever asks for it. */
    private int pauseOf(ZygoteKind kind) {
        int seconds = 0;
        for (demand.note(kind), demand.note(kind); !demand.isDue(kind, now); seconds++) {
            now += SECOND;
        }
        return seconds;
    }

    @Test
    void a_kind_that_came_once_is_not_worth_one() {
        demand.note(kind(1));
        assertThat(demand.isDue(kind(1), now)).isFalse();
        assertThat(demand.isDue(kind(2), now)).isFalse();
        demand.note(kind(1));
        assertThat(demand.isDue(kind(1), now)).isTrue();
    }

    @Test
    void what_failed_is_tried_again_ever_more_rarely_and_never_given_up() {
        ZygoteKind kind = wanted(1);
        for (int pause : List.of(0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900)) {
            demand.fail(kind, now);
            assertThat(demand.isPromising(kind)).isEqualTo(pause == 0);
            assertThat(demand.mayFollow(kind, now)).isEqualTo(pause == 0);
            assertThat(demand.isDue(kind, now)).isFalse();
            assertThat(pauseOf(kind)).isEqualTo(pause);
            assertThat(demand.mayFollow(kind, now)).isTrue();
        }
    }

    @Test
    void what_has_served_is_as_good_as_new() {
        ZygoteKind kind = wanted(1);
        demand.fail(kind, now);
        demand.fail(kind, now);
        demand.trust(kind);
        assertThat(demand.isPromising(kind)).isTrue();
        demand.fail(kind, now);
        assertThat(pauseOf(kind)).isZero();
    }

    @Test
    void kinds_without_end_have_few_imports_in_a_minute() {
        int started = 0;
        for (int tenth = 0; tenth < 600; tenth++) {
            ZygoteKind kind = wanted(tenth);
            if (demand.isDue(kind, now)) {
                demand.count(now);
                started++;
            }
            now += SECOND / 10;
        }
        assertThat(started).isEqualTo(16 + 5);
        now += TimeUnit.HOURS.toNanos(1);
        for (int number = 0; number < 16; number++) {
            assertThat(demand.isDue(wanted(number), now)).isTrue();
            demand.count(now);
        }
        assertThat(demand.isDue(wanted(16), now)).isFalse();
    }
}
