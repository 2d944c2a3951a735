package io.sandrun.broker.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class SessionQuotaTest {
    private final SessionQuota quota = new SessionQuota();
    private final KnownStates jobs = new KnownStates();

    private void start(String jobId, String state) {
        quota.takePlace(jobs).join();
        quota.started(jobId);
        jobs.with(jobId, state);
    }

    @Test
    void so_many_calls_are_on_their_way_and_no_more() {
        for (int call = 0; call < ToolLimits.CALLS; call++) {
            quota.enter();
        }
        assertThatThrownBy(quota::enter)
                .isInstanceOfSatisfying(
                        ToolFailure.class, failure -> assertThat(failure.code()).isEqualTo("too_many_calls"));
        quota.leave();
        quota.enter();
    }

    @Test
    void so_many_jobs_are_open_until_one_is_found_to_have_ended_or_to_be_forgotten() {
        for (int job = 0; job < ToolLimits.OPEN_JOBS; job++) {
            start("job-" + job, "running");
        }
        assertThatThrownBy(() -> quota.takePlace(jobs).join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(ToolFailure.class, failure -> {
                    assertThat(failure.code()).isEqualTo("too_many_open_jobs");
                    assertThat(failure).hasMessageContaining("job-0").hasMessageContaining("job-31");
                });
        jobs.with("job-7", "failed");
        start("one more", "pending");
        assertThatThrownBy(() -> quota.takePlace(jobs).join()).isInstanceOf(CompletionException.class);
        quota.ended("job-8");
        start("another", "pending");
    }

    @Test
    void a_job_that_was_not_taken_gives_its_place_back() {
        for (int job = 0; job < 2 * ToolLimits.OPEN_JOBS; job++) {
            quota.takePlace(jobs).join();
            quota.notStarted();
        }
        assertThat(quota.takePlace(jobs)).isCompleted();
    }
}
