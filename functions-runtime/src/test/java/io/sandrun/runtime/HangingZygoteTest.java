package io.sandrun.runtime;

import static io.sandrun.runtime.ForkedStartTest.PYTHON;
import static io.sandrun.runtime.ForkedStartTest.forked;
import static io.sandrun.runtime.Guest.text;
import static io.sandrun.runtime.HostProcesses.signal;
import static io.sandrun.runtime.ZygoteSlots.await;
import static io.sandrun.runtime.ZygoteSlots.first;
import static io.sandrun.runtime.ZygoteSlots.zygotes;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Zygotes that neither do what they should nor end. */
class HangingZygoteTest {
    private static final long PATIENCE_SECONDS = 20;

    /** For a copy. */
    private static final long COPY_SECONDS = 5;

    private static final Guest SEED = Guest.command(PYTHON, "main.py")
            .file("main.py", "print(hash('seed'))", false)
            .preload(1);

    @RegisterExtension
    final ZygoteSlots slots = new ZygoteSlots(2);

    private static CompletableFuture<RunResult> begin(Slot slot, Cancellation cancellation) {
        return CompletableFuture.supplyAsync(
                () -> slot.run(SEED.request(), cancellation), task -> new Thread(task).start());
    }

    @Test
    void one_that_hangs_is_noticed_once_and_replaced() throws Exception {
        String seed = text(forked(SEED, slots.one()).stdout());
        ProcessHandle first = first();
        signal("STOP", first.pid());
        RunResult waited = SEED.runIn(slots.other());
        assertThat(waited.outcome()).as(waited.reason()).isEqualTo(Outcome.OK);
        assertThat(waited.phases().birth()).isEqualTo(Birth.EXECUTED);
        await("another", () -> {
            String ofOne = text(SEED.runIn(slots.one()).stdout());
            RunResult ofOther = SEED.runIn(slots.other());
            return ofOther.phases().isForked() && text(ofOther.stdout()).equals(ofOne) && !ofOne.equals(seed);
        });
        await("the one that hung is gone", () -> !first.isAlive());
    }

    @Test
    void a_run_that_waits_for_a_copy_hears_its_cancellation() throws Exception {
        String seed = text(forked(SEED, slots.one()).stdout());
        ProcessHandle first = first();
        signal("STOP", first.pid());
        Cancellation cancellation = new Cancellation();
        CompletableFuture<RunResult> run = begin(slots.other(), cancellation);
        await("it waits", () -> ZygoteSlots.waitingThreads() == 1);
        cancellation.cancel();
        RunResult result = run.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(result.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(result.reason()).isEqualTo("The run was cancelled before it started.");
        signal("CONT", first.pid());
        RunResult next = SEED.runIn(slots.other());
        assertThat(next.phases().isForked()).as("it is not to blame").isTrue();
        assertThat(text(next.stdout())).isEqualTo(seed);
    }

    @Test
    void a_slot_that_waits_for_a_copy_between_runs_can_be_closed() throws Exception {
        forked(SEED, slots.one());
        slots.one().run(SEED.request(), new Cancellation()); // so nothing is ready
        ProcessHandle first = first();
        zygotes().stream().filter(zygote -> !zygote.equals(first)).forEach(ZygoteSlots::kill);
        signal("STOP", first.parent().orElseThrow().pid());
        long begin = System.nanoTime();
        CompletableFuture<Long> ready = CompletableFuture.supplyAsync(
                () -> {
                    slots.one().getReady();
                    return System.nanoTime();
                },
                task -> new Thread(task).start());
        await("it waits", () -> ZygoteSlots.waitingThreads() == 1);
        slots.close();
        long end = ready.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(end - begin).as("nanoseconds").isLessThan(TimeUnit.SECONDS.toNanos(COPY_SECONDS));
    }
}
