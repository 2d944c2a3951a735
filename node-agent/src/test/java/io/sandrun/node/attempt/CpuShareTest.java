package io.sandrun.node.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.protocol.JobLimits;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CpuShareTest {
    private static JobLimits limits(int cores, @Nullable Double cpuSeconds) {
        return new JobLimits(10, cpuSeconds, 64, 16, 16, cores);
    }

    @Test
    void a_job_that_asks_for_nothing_gets_its_slots_share_of_the_node() {
        assertThat(new CpuShare(16, 4).cores(limits(0, null))).isEqualTo(4);
        assertThat(new CpuShare(3, 2).cores(limits(0, null))).isEqualTo(1.5);
    }

    @Test
    void the_share_is_never_below_one_core() {
        assertThat(new CpuShare(2, 8).cores(limits(0, null))).isEqualTo(1);
    }

    @Test
    void a_job_gets_the_cores_that_it_asks_for() {
        assertThat(new CpuShare(16, 4).cores(limits(7, null))).isEqualTo(7);
    }

    @Test
    void without_a_limit_of_its_own_cpu_time_is_what_the_share_can_use_within_the_timeout() {
        assertThat(new CpuShare(16, 4).cpuSeconds(limits(0, null))).isEqualTo(40);
        assertThat(new CpuShare(16, 4).cpuSeconds(limits(0, 2.5))).isEqualTo(2.5);
    }

    @Test
    void thread_pools_are_told_of_whole_cores() {
        assertThat(new CpuShare(3, 2).threadVariables(limits(0, null)))
                .containsEntry("OMP_NUM_THREADS", "2")
                .containsEntry("GOMAXPROCS", "2");
    }
}
