package io.sandrun.broker.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One who looks on and takes little. What it does to others is in SlowClientsTest. */
class OnlookerTest {
    /** Far more than an onlooker is kept waiting for. */
    private static final int MANY = 10_000;

    private final HandDrivenSink sink = new HandDrivenSink();
    private final Onlooker onlooker = new Onlooker(null, sink);

    @Test
    void who_takes_nothing_is_cut_off_once_and_told_no_more() {
        int told = 0;
        while (sink.drops == 0 && told < MANY) {
            onlooker.tell("event " + told++);
        }
        // The one on its way, those that wait, and the one that was too many.
        assertThat(told).isBetween(3, 100);
        assertThat(sink.messages).containsExactly("event 0");
        onlooker.tell("another");
        sink.take();
        assertThat(sink.drops).isEqualTo(1);
        assertThat(sink.messages).containsExactly("event 0");
    }

    @Test
    void who_takes_as_much_as_comes_hears_of_all_in_order() {
        for (int event = 0; event < MANY; event++) {
            onlooker.tell(String.valueOf(event));
            if (event >= 10) {
                sink.take();
            }
        }
        IntStream.range(0, 10).forEach(left -> sink.take());
        assertThat(sink.drops).isZero();
        assertThat(sink.messages)
                .isEqualTo(IntStream.range(0, MANY).mapToObj(String::valueOf).toList());
    }
}
