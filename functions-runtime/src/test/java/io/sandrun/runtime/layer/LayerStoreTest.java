package io.sandrun.runtime.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.layer.LayerBuild.Built;
import io.sandrun.runtime.layer.LayerBuild.Fate;
import io.sandrun.runtime.layer.LayerStore.Obtained;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LayerStoreTest {
    private static final Duration MONTH = Duration.ofDays(30);

    @TempDir
    Path directory;

    private final TestClock clock = new TestClock();

    /** Of the small disk, by others too. */
    private final AtomicLong usedBytes = new AtomicLong();

    private static final class TestClock extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }

        void pass(Duration time) {
            now = now.plus(time);
        }
    }

    private LayerStore<String> open(long mostBytes) throws IOException {
        return LayerStore.open(directory, new LayerKeeping(mostBytes, 0, MONTH), clock);
    }

    /** On a disk of 100 bytes, of which 30 are to be left. */
    private LayerStore<String> openOnSmallDisk() throws IOException {
        return LayerStore.open(
                new LayerFiles(directory), new LayerKeeping(1_000, 30, MONTH), () -> 100 - usedBytes.get(), clock);
    }

    private static String key(char digit) {
        return String.valueOf(digit).repeat(64);
    }

    private static LayerBuild<String> writing(String content, long bytes) {
        return into -> {
            Files.writeString(into.resolve("file"), content);
            return new Built<>(Fate.KEEP, bytes, "made " + content);
        };
    }

    private static Obtained<String> obtain(LayerStore<String> store, char key, LayerBuild<String> build)
            throws IOException {
        return store.obtain(key(key), build, new Cancellation());
    }

    private static String content(Obtained<String> obtained) throws IOException {
        return Files.readString(obtained.layer().orElseThrow().tree().resolve("file"));
    }

    private List<String> names() throws IOException {
        try (var names = Files.list(directory)) {
            return names.map(name -> name.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void a_layer_is_made_once_and_outlives_its_store() throws Exception {
        try (var first = obtain(open(100), 'a', writing("one", 10)).layer().orElseThrow()) {
            assertThat(Files.readString(first.tree().resolve("file"))).isEqualTo("one");
        }
        LayerStore<String> later = open(100);
        Obtained<String> again = obtain(later, 'a', into -> {
            throw new AssertionError("it is there");
        });
        assertThat(again.report()).isEmpty();
        assertThat(content(again)).isEqualTo("one");
        assertThat(later.bytes()).isEqualTo(10);
    }

    @Test
    void those_who_want_the_same_at_once_wait_for_one_build() throws Exception {
        LayerStore<String> store = open(100);
        AtomicInteger builds = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        LayerBuild<String> build = into -> {
            builds.incrementAndGet();
            begun.countDown();
            await(go);
            return writing("one", 1).into(into);
        };
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<Future<Obtained<String>>> all = new ArrayList<>();
            all.add(threads.submit(() -> obtain(store, 'a', build)));
            await(begun);
            for (int index = 0; index < 5; index++) {
                all.add(threads.submit(() -> obtain(store, 'a', build)));
            }
            go.countDown();
            for (Future<Obtained<String>> one : all) {
                assertThat(content(one.get(30, TimeUnit.SECONDS))).isEqualTo("one");
            }
            assertThat(builds).hasValue(1);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void a_failed_build_leaves_nothing_and_is_told_to_those_who_waited() throws Exception {
        LayerStore<String> store = open(100);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger builds = new AtomicInteger();
        LayerBuild<String> failing = into -> {
            Files.writeString(into.resolve("half"), "x");
            builds.incrementAndGet();
            begun.countDown();
            await(go);
            return new Built<>(Fate.FAIL, 0, "no such package");
        };
        CompletableFuture<Obtained<String>> first = CompletableFuture.supplyAsync(() -> unchecked(store, failing));
        await(begun);
        Cancellation impatient = new Cancellation();
        CompletableFuture<Obtained<String>> second = CompletableFuture.supplyAsync(() -> unchecked(store, failing));
        impatient.cancel();
        assertThatThrownBy(() -> store.obtain(key('a'), failing, impatient)).isInstanceOf(CancellationException.class);
        go.countDown();
        assertThat(first.get(30, TimeUnit.SECONDS))
                .isEqualTo(new Obtained<>(Optional.empty(), Optional.of("no such package")));
        assertThat(second.get(30, TimeUnit.SECONDS).report()).contains("no such package");
        assertThat(names()).isEmpty();
        assertThat(content(obtain(store, 'a', writing("better", 1)))).isEqualTo("better");
    }

    private static Obtained<String> unchecked(LayerStore<String> store, LayerBuild<String> build) {
        try {
            return obtain(store, 'a', build);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whoever_waited_for_a_build_that_was_given_up_builds_anew() throws Exception {
        LayerStore<String> store = open(100);
        assertThat(obtain(store, 'a', into -> new Built<>(Fate.GIVE_UP, 0, "cancelled"))
                        .layer())
                .isEmpty();
        assertThatThrownBy(() -> obtain(store, 'a', into -> {
                    throw new IOException("the disk is full");
                }))
                .hasMessage("the disk is full");
        assertThat(content(obtain(store, 'a', writing("one", 1)))).isEqualTo("one");
        assertThat(names()).hasSize(1);
    }

    @Test
    void the_least_recently_used_goes_and_what_is_held_stays() throws Exception {
        LayerStore<String> store = open(100);
        Layer held = obtain(store, 'a', writing("a", 60)).layer().orElseThrow();
        for (char key : new char[] {'b', 'c'}) {
            clock.pass(Duration.ofMinutes(1));
            obtain(store, key, writing("x", 20)).layer().orElseThrow().close();
        }
        clock.pass(Duration.ofMinutes(1));
        obtain(store, 'b', writing("never", 1)).layer().orElseThrow().close();
        clock.pass(Duration.ofMinutes(1));
        obtain(store, 'd', writing("d", 20)).layer().orElseThrow().close();
        assertThat(store.contains(key('c'))).as("used before b").isFalse();
        assertThat(store.contains(key('b'))).isTrue();
        assertThat(held.tree().resolve("file")).exists();
        obtain(store, 'e', writing("e", 90)).layer().orElseThrow().close();
        assertThat(held.tree().resolve("file")).exists();
        assertThat(store.contains(key('b'))).isFalse();
        held.close();
        assertThat(store.bytes()).isLessThanOrEqualTo(100);
        assertThat(names()).hasSize((int)
                "abcde".chars().filter(key -> store.contains(key((char) key))).count());
    }

    @Test
    void what_is_too_old_is_made_anew_while_its_holder_keeps_it() throws Exception {
        LayerStore<String> store = open(100);
        Obtained<String> old = obtain(store, 'a', writing("old", 10));
        clock.pass(MONTH.plusSeconds(1));
        Obtained<String> fresh = obtain(store, 'a', writing("fresh", 10));
        assertThat(content(fresh)).isEqualTo("fresh");
        assertThat(content(old)).isEqualTo("old");
        old.layer().orElseThrow().close();
        assertThat(old.layer().orElseThrow().tree()).doesNotExist();
        assertThat(content(fresh)).isEqualTo("fresh");
    }

    @Test
    void layers_go_where_the_disk_becomes_full() throws Exception {
        LayerStore<String> store = openOnSmallDisk();
        for (char key : new char[] {'a', 'b', 'c'}) {
            obtain(store, key, writing("x", 10)).layer().orElseThrow().close();
            clock.pass(Duration.ofMinutes(1));
        }
        Layer held = obtain(store, 'd', writing("held", 10)).layer().orElseThrow();
        usedBytes.set(85); // 15 are missing: two layers
        held.close();
        assertThat("abcd".chars().filter(key -> store.contains(key((char) key))))
                .containsExactly((int) 'c', (int) 'd');
        assertThat(names()).hasSize(2);
    }

    @Test
    void nothing_is_built_on_a_full_disk() throws Exception {
        LayerStore<String> store = openOnSmallDisk();
        usedBytes.set(71);
        assertThatThrownBy(() -> obtain(store, 'a', writing("x", 1)))
                .isInstanceOf(IOException.class)
                .hasMessage("the node's disk has no room for packages: 29 bytes are free, and 30 are to be left free");
        assertThat(names()).isEmpty();
        usedBytes.set(70);
        assertThat(content(obtain(store, 'a', writing("x", 1)))).isEqualTo("x");
    }

    @Test
    void what_a_crash_leaves_is_removed_at_the_next_start() throws Exception {
        obtain(open(100), 'a', writing("whole", 10)).layer().orElseThrow().close();
        Path half = Files.createDirectories(directory.resolve("building-1/tree/package"));
        Files.writeString(half.resolve("file"), "x");
        Files.createSymbolicLink(half.resolve("link"), directory);
        Path going = Files.createDirectories(directory.resolve(key('b') + ".2/tree"));
        Files.writeString(going.resolve("left"), "x");
        LayerStore<String> store = open(100);
        assertThat(names()).singleElement().asString().startsWith(key('a'));
        assertThat(content(obtain(store, 'a', writing("never", 1)))).isEqualTo("whole");
    }
}
