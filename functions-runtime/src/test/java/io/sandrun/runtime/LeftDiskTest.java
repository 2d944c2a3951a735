package io.sandrun.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A full disk takes the kernel some time to take apart: the next run of the slot must not be taken for its owner. */
class LeftDiskTest {
    private static final long MEMORY_BYTES = 48L << 20;
    private static final int ROUNDS = 4;

    private Sandboxes sandboxes;

    @BeforeEach
    void open() throws Exception {
        sandboxes = Sandboxes.open(new SandboxSettings(1, Path.of(System.getProperty("java.io.tmpdir"))));
    }

    @AfterEach
    void close() {
        sandboxes.close();
    }

    private static Guest small(String script) {
        return Guest.sh(script).room(MEMORY_BYTES, 16, 1L << 30, 100);
    }

    @Test
    void is_not_charged_to_the_next_run() {
        Slot slot = sandboxes.slot(0);
        for (int round = 0; round < ROUNDS; round++) {
            RunResult first = small("head -c 700M /dev/zero > full").runIn(slot);
            assertThat(first.outcome()).as(first.reason()).isEqualTo(Outcome.OK);
            RunResult next = small("sleep 0.2").runIn(slot);
            assertThat(next.outcome()).as(next.reason()).isEqualTo(Outcome.OK);
            assertThat(next.usage().memoryPeakBytes()).isLessThan(MEMORY_BYTES / 4);
        }
    }
}
