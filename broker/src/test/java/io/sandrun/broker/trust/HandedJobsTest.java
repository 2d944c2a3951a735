package io.sandrun.broker.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.job.JobLifecycle.Assigned;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobRow.Retries;
import io.sandrun.broker.store.Lease;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.JobNeeds;
import io.sandrun.protocol.JobSpec;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept in mind of handed jobs: bounded by what each takes, and no longer than its lease. */
class HandedJobsTest {
    private static final String LONG = "x".repeat(Limits.ARGS_AND_ENV_BYTES);
    private static final JobLimits LIMITS = new JobLimits(1, null, Limits.MEMORY_MB_MIN, 1, 1, 0);
    private static final JobSpec SPEC = new JobSpec(
            "x",
            "python3",
            List.of(),
            Map.of(),
            "",
            LIMITS,
            JobNeeds.NONE,
            new JobFiles(List.of(), null, null, List.of()));

    private final HandedJobs handed = new HandedJobs();

    @ParameterizedTest
    @ValueSource(strings = {"code", "stdin", "argument", "variable", "output"})
    void a_job_weighs_what_its_texts_take(String where) {
        String code = where.equals("code") ? LONG : "";
        String stdin = where.equals("stdin") ? LONG : "";
        List<String> args = where.equals("argument") ? List.of(LONG) : List.of();
        Map<String, String> env = where.equals("variable") ? Map.of("NAME", LONG) : Map.of();
        List<String> outputs = where.equals("output") ? List.of(LONG) : List.of();
        JobFiles files = new JobFiles(List.of(), null, null, outputs);
        ClaimedJob job = new ClaimedJob("id", "lease", 1, code, "python3", args, env, stdin, LIMITS, null, files);
        assertThat(HandedJobs.weight(job)).isGreaterThan(LONG.length());
    }

    private static Lease lease(String leaseId) {
        return new Lease("job", "node", leaseId);
    }

    private static JobRow row(Lease lease, int attempt) {
        return new JobRow(
                1,
                lease.jobId(),
                1,
                0,
                "",
                JobState.ASSIGNED,
                attempt,
                0,
                lease.leaseId(),
                lease.nodeId(),
                false,
                "python3",
                "",
                0,
                null,
                null,
                null,
                "",
                new Retries(0, 0, 0),
                null,
                false,
                null,
                null);
    }

    private static Assigned assigned(String leaseId, int attempt) {
        Lease lease = lease(leaseId);
        return new Assigned(row(lease, attempt), lease, Json.write(SPEC), null);
    }

    private Assigned handOut(String leaseId, int attempt) {
        Assigned assigned = assigned(leaseId, attempt);
        handed.assigned(assigned.job());
        handed.handing(assigned);
        return assigned;
    }

    @Test
    void a_job_is_kept_until_its_lease_ends() {
        Assigned first = handOut("first", 1);
        assertThat(handed.under(lease("first"))).map(ClaimedJob::attempt).contains(1);
        assertThat(handed.under(lease("other"))).isEmpty();
        handed.leaseEnded(first.job());
        assertThat(handed.under(lease("first"))).isEmpty();
        assertThat(handed.count()).isZero();
    }

    @Test
    void an_answer_that_is_made_when_the_lease_is_over_leaves_nothing() {
        Assigned first = assigned("first", 1);
        handed.assigned(first.job());
        handed.leaseEnded(first.job());
        assertThat(handed.handing(first).leaseId()).isEqualTo("first");
        assertThat(handed.count()).isZero();
        handOut("second", 2);
        handed.handing(first);
        assertThat(handed.under(lease("first"))).isEmpty();
        assertThat(handed.under(lease("second"))).map(ClaimedJob::attempt).contains(2);
    }
}
