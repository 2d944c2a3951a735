package io.sandrun.broker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.broker.store.JobTable.NewJob;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupCommitTest {
    private Store store;

    @BeforeEach
    void open(@TempDir Path directory) {
        store = Store.open(directory.resolve("test.db"), Clock.systemUTC());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static NewJob job(String id) {
        return new NewJob(
                id, "127.0.0.1", "python3", "hash", "{}", 1000, 1, JobTable.Schedule.AT_ONCE, null, List.of(), null);
    }

    private CompletableFuture<Integer> insert(String id, List<String> order) {
        return store.write(
                tables -> {
                    tables.jobs().insert(job(id), tables.requirements().intern("{}"), null);
                    return 1;
                },
                one -> {
                    order.add(id);
                    return one;
                });
    }

    private long pending() {
        return store.read(tables -> tables.jobs().countPending()).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private static <T> T get(CompletableFuture<T> later) {
        return later.orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Test
    void each_operation_of_a_batch_gets_its_own_answer_in_order() {
        List<String> order = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        for (int number = 0; number < 3_000; number++) {
            ids.add("job-" + number);
            answers.add(insert("job-" + number, order));
        }
        answers.forEach(GroupCommitTest::get);
        assertThat(order).isEqualTo(ids);
        assertThat(pending()).isEqualTo(3_000);
    }

    @Test
    void an_operation_that_fails_is_undone_alone() {
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Boolean> holdsTheWriter = HeldWriter.hold(store, go);
        List<String> order = new ArrayList<>();
        CompletableFuture<Integer> before = insert("before", order);
        CompletableFuture<Integer> half = store.write(tables -> {
            tables.jobs().insert(job("half"), tables.requirements().intern("{}"), null);
            throw new IllegalStateException("on purpose");
        });
        CompletableFuture<Integer> twice = insert("before", order);
        CompletableFuture<Integer> after = insert("after", order);
        go.countDown();

        assertThat(get(holdsTheWriter)).isTrue();
        assertThat(get(before)).isEqualTo(1);
        assertThat(get(after)).isEqualTo(1);
        assertThatThrownBy(() -> get(half))
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("on purpose");
        assertThatThrownBy(() -> get(twice)).hasStackTraceContaining("UNIQUE");
        Optional<JobRow> undone = store.read(tables -> tables.jobs().find("half"));
        assertThat(undone).isEmpty();
        assertThat(pending()).isEqualTo(2);
        assertThat(order).containsExactly("before", "after");
    }

    @Test
    void what_was_accepted_before_a_stop_is_finished_and_later_writes_are_refused() {
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Boolean> holdsTheWriter = HeldWriter.hold(store, go);
        CompletableFuture<Integer> accepted = insert("accepted", new ArrayList<>());
        go.countDown();
        store.close();
        assertThat(holdsTheWriter).isCompletedWithValue(true);
        assertThat(accepted).isCompletedWithValue(1);
        assertThatThrownBy(() -> get(insert("late", new ArrayList<>())))
                .hasCauseInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void a_failure_after_the_commit_reaches_the_caller_and_harms_nobody_else() {
        CompletableFuture<Integer> failing = store.write(tables -> 1, one -> {
            throw new IllegalStateException("after");
        });
        assertThatThrownBy(() -> get(failing)).hasRootCauseMessage("after");
        CompletableFuture<Integer> next = store.write(tables -> 2);
        assertThat(get(next)).isEqualTo(2);
    }
}
