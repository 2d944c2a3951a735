package io.sandrun.runtime.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.cgroup.Reading;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LimitWatchTest {
    private static final long MS = 1_000_000;
    private static final RunLimits LIMITS =
            new RunLimits(Duration.ofMillis(2500), Duration.ofSeconds(2), 1, 1000, 10, 64, 500, 100, 10, 100);
    private static final Enforcement GROUPS = Enforcement.of(Set.of("cgroup:memory", "cgroup:pids"));
    private static final Enforcement NO_GROUPS = Enforcement.of(Set.of());

    private Reading reading = new Reading(0, 0, 0, 0, 0);
    private long onDiskBytes;

    private LimitWatch watch(Enforcement enforcement) {
        return new LimitWatch(LIMITS, () -> reading, enforcement, () -> onDiskBytes, 0);
    }

    @Test
    void wall_time_ends_at_its_limit() {
        LimitWatch watch = watch(GROUPS);
        assertThat(watch.checkWall(2499 * MS)).isNull();
        assertThat(watch.checkWall(2500 * MS))
                .isEqualTo(new Verdict(Outcome.TIMED_OUT, "The wall time limit of 2.5 s was reached."));
    }

    @Test
    void cpu_time_ends_above_its_limit() throws Exception {
        LimitWatch watch = watch(GROUPS);
        reading = new Reading(0, 2000 * MS, 1, 0, 0);
        assertThat(watch.checkUsage()).isNull();
        reading = new Reading(0, 2001 * MS, 1, 0, 0);
        assertThat(watch.checkUsage())
                .isEqualTo(new Verdict(Outcome.TIMED_OUT, "The CPU time limit of 2 s was reached."));
    }

    @Test
    void what_lies_on_the_disk_is_no_memory_where_a_group_charges_both() throws Exception {
        reading = new Reading(1400, 0, 1, 0, 0);
        onDiskBytes = 400;
        LimitWatch watch = watch(GROUPS);
        assertThat(watch.checkUsage()).isNull();
        assertThat(watch.memoryPeakBytes()).isEqualTo(1000);
        onDiskBytes = 399;
        Verdict verdict = watch.checkUsage();
        assertThat(verdict).isNotNull().extracting(Verdict::outcome).isEqualTo(Outcome.OUT_OF_MEMORY);
    }

    @Test
    void a_hundred_refused_forks_are_forgiven_and_no_more_however_slowly_they_come() throws Exception {
        LimitWatch watch = watch(GROUPS);
        for (int refusals = 1; refusals <= 100; refusals++) {
            reading = new Reading(0, 0, 1, 0, refusals);
            assertThat(watch.checkUsage()).isNull();
        }
        reading = new Reading(0, 0, 1, 0, 101);
        assertThat(watch.checkUsage()).isNotNull().extracting(Verdict::outcome).isEqualTo(Outcome.PROCESS_LIMIT);
    }

    @Test
    void without_groups_who_is_seen_above_the_process_limit_again_and_again_is_ended() throws Exception {
        LimitWatch watch = watch(NO_GROUPS);
        reading = new Reading(0, 0, 12, 0, 0);
        for (int look = 1; look < 10; look++) {
            assertThat(watch.checkUsage()).isNull();
        }
        assertThat(watch.checkUsage()).isNotNull().extracting(Verdict::outcome).isEqualTo(Outcome.PROCESS_LIMIT);
    }

    @Test
    void without_groups_a_job_may_stand_at_its_process_limit_for_as_long_as_it_likes() throws Exception {
        LimitWatch watch = watch(NO_GROUPS);
        reading = new Reading(0, 0, 11, 0, 0);
        for (int look = 0; look < 100; look++) {
            assertThat(watch.checkUsage()).isNull();
        }
        assertThat(watch.checkWall(2500 * MS))
                .isNotNull()
                .extracting(Verdict::outcome)
                .isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void output_ends_above_its_limit() {
        assertThat(watch(GROUPS).checkOutput(100)).isNull();
        assertThat(watch(GROUPS).checkOutput(101))
                .isNotNull()
                .extracting(Verdict::outcome)
                .isEqualTo(Outcome.OUTPUT_LIMIT);
    }
}
