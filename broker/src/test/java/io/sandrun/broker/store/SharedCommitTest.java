package io.sandrun.broker.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The writer: many operations, one commit, each for itself. */
final class SharedCommitTest {
    @TempDir
    Path directory;

    /** How many operations each commit carried. */
    private final List<Integer> commits = new CopyOnWriteArrayList<>();

    private Store store;

    @BeforeEach
    void open() {
        CommitWatch watch = new CommitWatch() {
            @Override
            public void committed(int operations, long nanos) {
                commits.add(operations);
            }

            @Override
            public void failed() {
                commits.add(-1);
            }
        };
        store = Store.open(directory.resolve("test.db"), Clock.systemUTC(), WriteObserver.NONE, watch);
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

    /** Interns {@code first}; the first time that it runs, it writes further. */
    private WriteOperation<Long> bringing(String first, Write<Long, Long> further, Collection<Object> brought) {
        return tables -> {
            if (brought.isEmpty()) {
                brought.add(store.write(further.operation(), further.afterCommit()));
            }
            return tables.requirements().intern(first);
        };
    }

    @Test
    void what_an_operation_writes_further_is_part_of_its_transaction() {
        List<Object> brought = new ArrayList<>();
        assertThat(outcome(store.write(bringing("one", interning("two"), brought))))
                .isEqualTo("done");
        assertThat(brought)
                .singleElement()
                .satisfies(answer ->
                        assertThat(outcome((CompletableFuture<?>) answer)).isEqualTo("done"));
        assertThat(commits).containsExactly(2);
    }

    @Test
    void what_an_operation_writes_further_fails_alone() {
        List<Object> brought = new ArrayList<>();
        assertThat(outcome(store.write(bringing("one", failingAfter("two"), brought))))
                .isEqualTo("done");
        assertThat(brought)
                .singleElement()
                .satisfies(answer ->
                        assertThat(outcome((CompletableFuture<?>) answer)).isEqualTo("on purpose"));
        assertThat(store.read(tables -> tables.requirements().all()).values()).containsExactly("one");
        assertThat(commits).containsExactly(2);
    }

    @Test
    void a_store_that_was_closed_refuses() {
        store.close();
        assertThat(outcome(store.write(tables -> 1))).isEqualTo("The broker is stopping.");
    }

    /** Does what follows commits, and writes down who did it. */
    private Executor following(Queue<Runnable> leftToOthers, Collection<Thread> doers) {
        Executor following = store.afterCommit(leftToOthers::add);
        return task -> following.execute(() -> {
            doers.add(Thread.currentThread());
            task.run();
        });
    }

    @Test
    void who_brought_an_operation_does_what_follows_it_when_its_turn_is_over() {
        Queue<Runnable> left = new ConcurrentLinkedQueue<>();
        Collection<Thread> doers = new ConcurrentLinkedQueue<>();
        Executor following = following(left, doers);
        outcome(store.write(interning("one").operation(), id -> {
            // Were it still its turn, nobody would commit what it waits for.
            following.execute(() -> outcome(store.write(interning("two").operation())));
            return id;
        }));
        assertThat(doers).containsExactly(Thread.currentThread());
        assertThat(left).isEmpty();
        assertThat(commits).containsExactly(1, 1);
    }

    @Test
    void who_brought_an_operation_does_no_more_than_a_little_for_others() {
        Queue<Runnable> left = new ConcurrentLinkedQueue<>();
        Collection<Thread> doers = new ConcurrentLinkedQueue<>();
        Executor following = following(left, doers);
        for (int turn = 1; turn <= 2; turn++) {
            outcome(store.write(interning("many").operation(), id -> {
                IntStream.range(0, 10).forEach(one -> following.execute(() -> {}));
                return id;
            }));
            assertThat(doers).hasSize(4 * turn);
            assertThat(left).hasSize(6 * turn);
        }
    }

    @Test
    void what_fails_for_one_spoils_nothing_for_others() {
        Queue<Runnable> left = new ConcurrentLinkedQueue<>();
        Collection<Thread> doers = new ConcurrentLinkedQueue<>();
        Executor following = following(left, doers);
        CompletableFuture<Long> brought = store.write(interning("one").operation(), id -> {
            following.execute(() -> {
                throw new IllegalStateException("The first fails.");
            });
            following.execute(() -> {});
            return id;
        });
        assertThat(outcome(brought)).isEqualTo("done");
        assertThat(doers).hasSize(2);
    }

    @Test
    void the_writers_own_thread_does_nothing_for_others() {
        Queue<Runnable> left = new ConcurrentLinkedQueue<>();
        Collection<Thread> doers = new ConcurrentLinkedQueue<>();
        Executor following = following(left, doers);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Boolean> slow = HeldWriter.hold(store, release);
        List<CompletableFuture<Long>> queued = Stream.of("one", "two")
                .map(needs -> store.write(interning(needs).operation(), id -> {
                    following.execute(() -> {});
                    return id;
                }))
                .toList();
        release.countDown();
        assertThat(outcome(slow)).isEqualTo("done");
        assertThat(queued).extracting(SharedCommitTest::outcome).containsOnly("done");
        assertThat(doers).isEmpty();
        assertThat(left).hasSize(2);
    }

    @Test
    void what_follows_no_commit_is_left_to_others() {
        Queue<Runnable> left = new ConcurrentLinkedQueue<>();
        Collection<Thread> doers = new ConcurrentLinkedQueue<>();
        following(left, doers).execute(() -> {});
        assertThat(doers).isEmpty();
        assertThat(left).hasSize(1);
    }
}
