package io.sandrun.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import org.junit.jupiter.api.Test;

class PollTest {
    private static final int TRIES = 1_000;
    private static final int PLACES = 8;

    /** A door was closed as soon as it was opened, where the memory of its poll had been used before. */
    @Test
    void nothing_is_ready_before_the_first_wait() throws Exception {
        try (Wakeup quiet = Wakeup.open()) {
            for (int turn = 0; turn < TRIES; turn++) {
                soil();
                try (Poll poll = new Poll()) {
                    for (int place = 0; place < PLACES; place++) {
                        assertThat(poll.isReady(poll.watch(quiet.descriptor()))).isFalse();
                    }
                }
            }
        }
    }

    /** Leaves blocks of every small size behind that are full of ones. */
    private static void soil() {
        for (int bytes = 8; bytes <= 128; bytes += 8) {
            try (Memory dirty = new Memory(bytes)) {
                dirty.setMemory(0, bytes, (byte) 0xff);
            }
        }
    }
}
