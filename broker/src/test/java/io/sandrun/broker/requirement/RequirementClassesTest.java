package io.sandrun.broker.requirement;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.BrokerUnderTest;
import io.sandrun.broker.FreshId;
import io.sandrun.broker.SettableClock;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.pool.Pool;
import io.sandrun.broker.store.JobTable.NewJob;
import io.sandrun.broker.store.JobTable.Schedule;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.store.Write;
import io.sandrun.protocol.JobNeeds.GpuNeed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs that no job has are forgotten, whatever comes in the same transaction. */
class RequirementClassesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String OLD = needs("ruby");
    private static final String NEWEST = needs("perl");

    private final SettableClock clock = new SettableClock();
    private Store store;
    private RequirementClasses classes;
    private long oldId;
    private long newestId;

    private static String needs(String interpreter) {
        return new Needs(
                        interpreter,
                        null,
                        null,
                        16,
                        1,
                        0,
                        GpuNeed.NONE,
                        new TreeMap<>(),
                        null,
                        List.of(),
                        List.of(),
                        null)
                .canonical();
    }

    /** The old needs have lost their only job; the newest class is another. */
    @BeforeEach
    void open(@TempDir Path directory) {
        store = Store.open(directory.resolve("test.db"), clock);
        NodeRegistry registry = new NodeRegistry(store, clock, new FreshId(clock), Duration.ofSeconds(15), Pool.open());
        classes = new RequirementClasses(store, registry);
        oldId = together(List.of(submit("first", OLD))).get(0);
        newestId = together(List.of(submit("second", NEWEST))).get(0);
        answer(store.write(tables -> tables.jobs().cancelPending("first", "", clock.millis())));
        answer(store.write(tables -> tables.retention().deleteEnded(clock.millis() + 1, 1)));
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** @return its answer is the class */
    private Write<Map<Long, String>, Long> submit(String jobId, String canonical) {
        return new Write<>(
                tables -> {
                    long classId = classes.intern(tables, canonical);
                    NewJob job = new NewJob(
                            jobId, "me", "x", "", "{}", 1, clock.millis(), Schedule.AT_ONCE, null, List.of(), null);
                    tables.jobs().insert(job, classId, null);
                    return Map.of(classId, canonical);
                },
                only -> {
                    long classId = only.keySet().iterator().next();
                    classes.learn(classId, canonical);
                    return classId;
                });
    }

    /** @return its answer is how many classes were forgotten */
    private Write<Map<Long, String>, Long> sweep() {
        return new Write<>(classes::deleteUnused, unused -> {
            classes.forget(unused);
            return (long) unused.size();
        });
    }

    /** In one transaction, in this order. */
    private List<Long> together(List<Write<Map<Long, String>, Long>> writes) {
        return store.writeEach(writes).stream().map(BrokerUnderTest::answer).toList();
    }

    private Collection<String> stored() {
        return store.read(tables -> tables.requirements().all()).values();
    }

    @Test
    void needs_that_no_job_has_are_forgotten_in_memory_and_on_disk() {
        assertThat(together(List.of(sweep()))).containsExactly(1L);
        assertThat(classes.find(oldId)).isEmpty();
        assertThat(stored()).containsExactly(NEWEST);
    }

    @Test
    void a_submit_behind_the_sweep_in_its_transaction_gets_a_new_number() {
        long newId = together(List.of(sweep(), submit("third", OLD))).get(1);
        assertThat(newId).isNotEqualTo(oldId);
        assertThat(classes.find(oldId)).isEmpty();
        assertThat(classes.find(newId)).isPresent();
        assertThat(together(List.of(submit("fourth", OLD)))).containsExactly(newId);
    }

    @Test
    void a_submit_before_the_sweep_in_its_transaction_keeps_its_needs() {
        assertThat(together(List.of(submit("third", OLD), sweep()))).containsExactly(oldId, 0L);
        assertThat(classes.find(oldId)).isPresent();
        assertThat(stored()).containsExactlyInAnyOrder(OLD, NEWEST);
    }

    @Test
    void a_number_that_is_learned_again_while_it_goes_is_forgotten_with_it() {
        Write<Map<Long, String>, Long> known = new Write<>(tables -> Map.of(oldId, OLD), only -> {
            classes.learn(oldId, OLD);
            return oldId;
        });
        assertThat(together(List.of(known, sweep()))).containsExactly(oldId, 1L);
        long newId = together(List.of(submit("third", OLD))).get(0);
        assertThat(newId).isNotEqualTo(oldId);
        assertThat(classes.find(newId)).isPresent();
    }

    @Test
    void a_sweep_that_is_undone_forgets_nothing() {
        CompletableFuture<Long> undone = store.write(tables -> {
            classes.deleteUnused(tables);
            throw new IllegalStateException("on purpose");
        });
        assertThat(undone).failsWithin(PATIENCE);
        assertThat(classes.find(oldId)).isPresent();
        assertThat(together(List.of(submit("third", OLD)))).containsExactly(oldId);
        assertThat(together(List.of(sweep()))).containsExactly(0L);
    }

    @Test
    void a_number_is_never_given_twice() {
        answer(store.write(tables -> tables.jobs().cancelPending("second", "", clock.millis())));
        answer(store.write(tables -> tables.retention().deleteEnded(clock.millis() + 1, 1)));
        assertThat(together(List.of(sweep(), submit("third", needs("bash")))).get(1))
                .isGreaterThan(newestId);
        assertThat(together(List.of(sweep()))).containsExactly(1L);
        assertThat(stored()).containsExactly(needs("bash"));
    }
}
