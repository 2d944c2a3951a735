package io.sandrun.broker.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The writer: many operations, one commit, each for itself. */
final class SharedCommitTest {
    @TempDir
    Path directory;

    private Store store;

    @BeforeEach
    void open() {
        store = Store.open(directory.resolve("test.db"), Clock.systemUTC());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static Write<Long, Long> interning(String needs) {
        return new Write<>(tables -> tables.requirements().intern(needs), id -> id);
    }

    private static Write<Long, Long> failingAfter(String needs) {
        return new Write<>(
                tables -> {
                    tables.requirements().intern(needs);
                    throw new IllegalStateException("on purpose");
                },
                id -> id);
    }

    private static Object outcome(CompletableFuture<?> answer) {
        return answer.handle((value, failure) -> failure == null ? "done" : cause(failure))
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    private static String cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return String.valueOf((cause == null ? failure : cause).getMessage());
    }

    @Test
    void an_operation_that_fails_is_undone_alone() {
        List<CompletableFuture<Long>> answers = store.writeEach(
                List.of(interning("one"), failingAfter("two"), interning("three"), failingAfter("four")));
        assertThat(answers)
                .extracting(SharedCommitTest::outcome)
                .containsExactly("done", "on purpose", "done", "on purpose");
        assertThat(store.read(tables -> tables.requirements().all()).values())
                .containsExactlyInAnyOrder("one", "three");
    }

    @Test
    void what_follows_a_commit_runs_once_and_in_order_though_an_operation_ran_again() {
        List<String> heard = new ArrayList<>();
        List<Write<Long, Boolean>> writes = List.of(
                new Write<>(interning("a").operation(), id -> heard.add("a")),
                new Write<>(failingAfter("b").operation(), id -> heard.add("b")),
                new Write<>(interning("c").operation(), id -> heard.add("c")));
        store.writeEach(writes).forEach(SharedCommitTest::outcome);
        assertThat(heard).containsExactly("a", "c");
    }

    @Test
    void operations_that_queue_up_behind_a_commit_share_the_next_one() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Boolean> slow = HeldWriter.hold(store, release);
        List<CompletableFuture<Long>> queued = new ArrayList<>();
        for (int index = 0; index < 100; index++) {
            String needs = "needs " + index;
            queued.add(store.write(tables -> tables.requirements().intern(needs)));
        }
        release.countDown();
        assertThat(outcome(slow)).isEqualTo("done");
        assertThat(queued).extracting(SharedCommitTest::outcome).containsOnly("done");
        assertThat(store.read(tables -> tables.requirements().all()).values()).hasSize(100);
    }

    @Test
    void a_store_that_was_closed_refuses() {
        store.close();
        assertThat(outcome(store.write(tables -> 1))).isEqualTo("The broker is stopping.");
    }
}
