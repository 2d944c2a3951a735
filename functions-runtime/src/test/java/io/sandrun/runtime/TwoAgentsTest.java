package io.sandrun.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sandboxes of two agents in one process, whose slots have the same numbers. */
@Timeout(60)
class TwoAgentsTest {
    @TempDir
    Path state;

    @Test
    void neither_is_held_to_the_limits_of_the_other_nor_ends_with_it() throws Exception {
        try (Sandboxes sandboxes = Sandboxes.open(new SandboxSettings(1, state))) {
            assumeTrue(sandboxes.isolation().isActive("cgroup:pids"), "no control group counts processes here");
            CountDownLatch up = new CountDownLatch(1);
            Cancellation cancellation = new Cancellation();
            RunRequest waiting = Guest.sh("echo up; sleep 30")
                    .room(64L << 20, 8, 1L << 20, 100)
                    .request();
            CompletableFuture<RunResult> run = CompletableFuture.supplyAsync(
                    () -> sandboxes.slot(0).run(waiting, cancellation, (stream, bytes) -> up.countDown()));
            assertThat(up.await(30, TimeUnit.SECONDS)).isTrue();

            try (Sandboxes others = Sandboxes.open(new SandboxSettings(1, state))) {
                RunResult small =
                        Guest.sh("true").room(32L << 20, 1, 1L << 20, 100).runIn(others.slot(0));
                assertThat(small.outcome()).as(small.reason()).isEqualTo(Outcome.OK);
            }

            assertThat(run).isNotDone();
            cancellation.cancel();
            assertThat(run.get(30, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.CANCELLED);
            assertThat(Guest.sh("echo on").runIn(sandboxes.slot(0)).outcome()).isEqualTo(Outcome.OK);
        }
    }
}
