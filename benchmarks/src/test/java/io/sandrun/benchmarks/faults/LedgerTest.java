package io.sandrun.benchmarks.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private final Ledger ledger = new Ledger();

    @Test
    void a_lease_that_two_claims_got_is_a_complaint() {
        ClaimedJob job = new ClaimedJob(
                "job",
                "lease",
                1,
                "",
                "bash",
                List.of(),
                Map.of(),
                "",
                new JobLimits(1, null, 16, 1, 1, 0),
                null,
                JobFiles.NONE);
        ledger.claimed("one", job);
        assertThat(ledger.promises().complaints()).isEmpty();
        ledger.claimed("two", job);
        assertThat(ledger.promises().complaints()).containsExactly("lease lease was handed out twice");
    }

    @Test
    void a_report_that_was_both_recorded_and_refused_is_a_complaint() {
        ledger.recorded("one");
        ledger.refused("one");
        ledger.refused("two");
        ledger.recorded("two");
        assertThat(ledger.promises().complaints()).hasSize(2);
    }

    @Test
    void accepted_jobs_are_unfinished_until_they_were_read() {
        ledger.accepted("job");
        assertThat(ledger.unfinished()).containsExactly("job");
        assertThat(ledger.promises().accepted()).containsExactly("job");
    }

    @Test
    void a_key_that_was_answered_with_two_jobs_or_made_two_is_a_complaint() {
        ledger.accepted("key", "job");
        ledger.accepted("key", "job");
        assertThat(ledger.jobs()).isEqualTo(1);
        assertThat(ledger.promises().complaints()).isEmpty();
        ledger.accepted("key", "other");
        ledger.claimed("one", claimed("job", "lease"));
        ledger.claimed("one", claimed("other", "lease two"));
        assertThat(ledger.promises().complaints())
                .containsExactly(
                        "the key key was answered with job job and then with job other",
                        "the key key made two jobs, job and other");
    }

    private static ClaimedJob claimed(String jobId, String leaseId) {
        return new ClaimedJob(
                jobId,
                leaseId,
                1,
                "",
                "bash",
                List.of("key"),
                Map.of(),
                "",
                new JobLimits(1, null, 16, 1, 1, 0),
                null,
                JobFiles.NONE);
    }
}
