package io.sandrun.benchmarks.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.reputation.Standing;
import java.util.EnumSet;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** The short form of {@code benchmarks/run open-pool}. */
class OpenPoolTest {
    private static final int NODES = 2_000;
    private static final int LIARS = 20;
    private static final int JOBS = 250_000;
    private static final int SEEDS = 1_000_000;

    /** Jobs after which no liar of these kinds is still in doubt; some are lost or get no verdict. */
    private static final int SOON = 12;

    /** Lies that a node gets through before a spot check of one in twenty meets one, but for one node in 28,000. */
    private static final int LIES_UNNOTICED = 200;

    private final long seed = ThreadLocalRandom.current().nextInt(SEEDS);

    @Test
    void liars_get_nothing_accepted_but_what_proven_nodes_say_alone_and_then_no_work() {
        System.out.printf("an open pool with seed %d%n", seed);
        Crowd crowd = Crowd.of(NODES, LIARS);
        Course course = OpenPool.underPolicy(crowd, JOBS, seed);

        assertThat(course.firstTenth()).isBetween(1.1, 3.5);
        assertThat(course.lastTenth()).isBetween(1.05, 1.1);
        assertThat(course.failed()).isLessThan(JOBS / 10_000);
        assertThat(crowd.nodes()).allMatch(node -> node.wrongAnswersTaken() < LIES_UNNOTICED);
        assertThat(crowd.of(Temper.HONEST)).noneMatch(node -> node.standing() == Standing.BARRED);
        assertThat(crowd.count(Temper.HONEST, Standing.PROVEN)).isGreaterThan(NODES - LIARS - 10);
        for (Temper temper : EnumSet.of(Temper.ALWAYS, Temper.PAIR, Temper.RETURNING)) {
            assertThat(crowd.of(temper)).isNotEmpty().allSatisfy(node -> {
                assertThat(node.wrongAnswersTaken()).isZero();
                assertThat(node.barredAfterJobs()).isBetween(3, SOON);
            });
        }
        for (Temper temper : EnumSet.of(Temper.ONCE_PROVEN, Temper.RING)) {
            assertThat(crowd.of(temper))
                    .isNotEmpty()
                    .noneMatch(node -> node.caughtAfterJobs() > 0 && node.standing() == Standing.PROVEN);
        }
    }

    @Test
    void replication_alone_costs_three_executions_per_job_for_ever() {
        System.out.printf("replication alone with seed %d%n", seed);
        Course course = OpenPool.replicatedOnly(Crowd.of(NODES, LIARS), JOBS / 10, seed);
        assertThat(course.firstTenth()).isGreaterThan(3);
        assertThat(course.lastTenth()).isGreaterThan(3);
    }

    @Test
    void a_crowd_has_liars_of_every_temper() {
        assertThat(Crowd.of(NODES, LIARS).nodes()).hasSize(NODES);
        assertThat(Crowd.of(NODES, 2 * LIARS).of(Temper.HONEST)).hasSize(NODES - 2 * LIARS);
        for (Temper temper : Temper.values()) {
            assertThat(Crowd.of(NODES, LIARS).of(temper)).as(temper.words()).isNotEmpty();
        }
    }
}
