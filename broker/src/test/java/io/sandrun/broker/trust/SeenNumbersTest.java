package io.sandrun.broker.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeenNumbersTest {
    private final SeenNumbers seen = new SeenNumbers();

    @Test
    void each_number_counts_once_in_whatever_order_they_come() {
        assertThat(seen.isFirst(2)).isTrue();
        assertThat(seen.isFirst(1)).isTrue();
        assertThat(seen.isFirst(2)).isFalse();
        assertThat(seen.isFirst(1)).isFalse();
        assertThat(seen.isFirst(SeenNumbers.WINDOW + 2L)).isTrue();
        assertThat(seen.isFirst(3)).isTrue();
        assertThat(seen.isFirst(3)).isFalse();
    }

    @Test
    void one_that_is_too_far_behind_is_taken_to_have_come() {
        assertThat(seen.isFirst(5_000)).isTrue();
        assertThat(seen.isFirst(5_000 - SeenNumbers.WINDOW)).isFalse();
        assertThat(seen.isFirst(5_001 - SeenNumbers.WINDOW)).isTrue();
    }

    @Test
    void none_ever_counts_twice_and_none_is_lost_that_is_not_too_far_behind() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Set<Long> taken = new HashSet<>();
        long newest = 0;
        for (int count = 0; count < 200_000; count++) {
            long number = Math.max(1, newest + random.nextInt(40) - 30 - (random.nextInt(50) == 0 ? 1_500 : 0));
            number += random.nextInt(5_000) == 0 ? 3_000 : 0;
            boolean expected = number > newest - SeenNumbers.WINDOW && !taken.contains(number);
            assertThat(seen.isFirst(number))
                    .as("seed %d, number %d", seed, number)
                    .isEqualTo(expected);
            if (expected) {
                taken.add(number);
                newest = Math.max(newest, number);
            }
        }
    }
}
