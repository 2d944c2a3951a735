package io.sandrun.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A full disk takes the kernel some time to take apart: the next run of the slot must not be taken for its owner. */
class LeftDiskTest {
    private static final long MEMORY_BYTES = 48L << 20;
    private static final int ROUNDS = 4;

    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(1);

    private static Guest small(String script) {
        return Guest.sh(script).room(MEMORY_BYTES, 16, 1L << 30, 100);
    }

    @Test
    void is_not_charged_to_the_next_run() {
        Slot slot = SLOTS.slot();
        for (int round = 0; round < ROUNDS; round++) {
            RunResult first = small("head -c 700M /dev/zero > full").runIn(slot);
            assertThat(first.outcome()).as(first.reason()).isEqualTo(Outcome.OK);
            RunResult next = small("sleep 0.2").runIn(slot);
            assertThat(next.outcome()).as(next.reason()).isEqualTo(Outcome.OK);
            assertThat(next.usage().memoryPeakBytes()).isLessThan(MEMORY_BYTES / 4);
        }
    }
}
