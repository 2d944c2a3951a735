package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final List<String> drawn = new ArrayList<>();
    private long nowNanos;

    @Test
    void a_known_size_is_a_bar_and_an_unknown_one_a_count() {
        ProgressLine line = new ProgressLine("Uploading", false, drawn::add, () -> nowNanos);
        nowNanos += 1_000_000_000;
        line.moved(3 << 20, 12 << 20);
        nowNanos += 1_000_000_000;
        line.moved(4 << 20, -1);
        line.close();
        assertThat(drawn)
                .containsExactly(
                        "Uploading ######------------------ 25 % of 12.0 MiB, 3.0 MiB/s",
                        "Uploading 4.0 MiB, 2.0 MiB/s", "");
    }

    @Test
    void a_quick_transfer_draws_nothing_and_a_long_one_ten_times_a_second() {
        ProgressLine line = new ProgressLine("Downloading", true, drawn::add, () -> nowNanos);
        line.moved(100, 100);
        assertThat(drawn).isEmpty();
        for (int piece = 0; piece < 10_000; piece++) {
            nowNanos += 200_000;
            line.moved(piece, 10_000);
        }
        assertThat(drawn).hasSizeBetween(15, 20).allMatch(text -> text.contains(Console.GREEN));
        line.close();
        line.moved(1, 1);
        assertThat(drawn).last().isEqualTo("");
    }
}
