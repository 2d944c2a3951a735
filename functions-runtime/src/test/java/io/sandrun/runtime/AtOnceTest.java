package io.sandrun.runtime;

import static io.sandrun.runtime.ForkedStartTest.PYTHON;
import static io.sandrun.runtime.ForkedStartTest.forked;
import static io.sandrun.runtime.ZygoteSlots.await;
import static io.sandrun.runtime.ZygoteSlots.first;
import static io.sandrun.runtime.ZygoteSlots.zygotes;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a slot makes for its next run while it holds the result of the last back. */
class AtOnceTest {
    private static final int ONE_SLOTS = 2; // zygotes: the first and its copy

    @RegisterExtension
    final ZygoteSlots slots = new ZygoteSlots(1);

    private static Guest program() {
        return Guest.command(PYTHON, "main.py")
                .file("main.py", "print(1)", false)
                .preload(1);
    }

    private RunResult run(Guest guest) {
        return slots.one().run(guest.request(), new Cancellation());
    }

    /** As a node does that goes on from job to job. */
    private RunResult runAndReport(Guest guest) {
        RunResult result = run(guest);
        slots.one().getReadyAtOnce();
        slots.one().getReady();
        return result;
    }

    private long processes() {
        return ProcessHandle.current().descendants().count();
    }

    @Test
    void a_sandbox_below_the_copy_that_is_there() {
        forked(program(), slots.one());
        run(program());
        long idle = processes();
        slots.one().getReadyAtOnce();
        await("processes", () -> processes() == idle + 2); // pid 1 and who waits for the program
        RunResult next = run(program());
        assertThat(next.phases().isForked()).isTrue();
        assertThat(next.phases().start()).isEqualTo(Start.WARM);
    }

    @Test
    void an_empty_sandbox_for_what_cannot_be_forked() {
        runAndReport(Guest.sh("true"));
        run(Guest.sh("true"));
        long idle = processes();
        slots.one().getReadyAtOnce();
        await("processes", () -> processes() == idle + 1);
    }

    @Test
    void no_copy_of_a_zygote_since_that_may_hang() {
        forked(program(), slots.one());
        run(program());
        List<ProcessHandle> before = zygotes();
        assertThat(before).hasSize(ONE_SLOTS);
        ProcessHandle first = first();
        before.stream().filter(zygote -> !zygote.equals(first)).forEach(ZygoteSlots::kill);
        slots.one().getReadyAtOnce();
        assertThat(zygotes()).containsExactly(first);
        slots.one().getReady();
        assertThat(zygotes()).contains(first).hasSize(ONE_SLOTS);
        assertThat(run(program()).phases().isForked()).isTrue();
    }

    @Test
    void what_was_made_is_let_go_of_even_if_the_result_is_held_back_for_ever() {
        forked(program(), slots.one());
        run(program());
        slots.one().getReadyAtOnce();
        slots.sandboxes().letGo(Duration.ofMinutes(5));
        assertThat(zygotes()).hasSize(ONE_SLOTS);
        slots.sandboxes().letGo(Duration.ZERO);
        assertThat(zygotes()).isEmpty();
        assertThat(run(program()).outcome()).isEqualTo(Outcome.OK);
    }

    @Test
    void not_instead_of_a_zygote_that_is_due() {
        boolean isForked = false;
        for (int round = 0; round < 5 && !isForked; round++) {
            isForked = runAndReport(program()).phases().isForked();
        }
        assertThat(isForked).isTrue();
    }
}
