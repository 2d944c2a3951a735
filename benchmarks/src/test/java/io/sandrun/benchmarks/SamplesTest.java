package io.sandrun.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class SamplesTest {
    private static final double MS = 1e6;

    private static Samples of(int... ms) {
        Samples samples = new Samples(ms.length + 1);
        for (int sample : ms) {
            samples.add((long) (sample * MS));
        }
        return samples;
    }

    @Test
    void a_percentile_is_a_sample_and_never_a_guess_between_two() {
        Samples samples = of(4, 1, 3, 2);
        assertThat(samples.percentileMs(50)).isEqualTo(2);
        assertThat(samples.percentileMs(51)).isEqualTo(3);
        assertThat(samples.percentileMs(75)).isEqualTo(3);
        assertThat(samples.percentileMs(99)).isEqualTo(4);
    }

    @Test
    void the_ends_are_the_smallest_and_the_largest() {
        Samples samples = of(9, 5, 7);
        assertThat(samples.percentileMs(0)).isEqualTo(5);
        assertThat(samples.percentileMs(100)).isEqualTo(9);
    }

    @Test
    void one_sample_is_every_percentile() {
        assertThat(of(6).percentileMs(1)).isEqualTo(6);
        assertThat(of(6).percentileMs(99)).isEqualTo(6);
    }

    @Test
    void nothing_has_no_percentile() {
        assertThatThrownBy(() -> of().percentileMs(50)).isInstanceOf(IllegalStateException.class);
    }
}
