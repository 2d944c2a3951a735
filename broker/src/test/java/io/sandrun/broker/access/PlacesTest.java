package io.sandrun.broker.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Quota;
import io.sandrun.broker.job.JobIntake.Places;
import io.sandrun.broker.job.JobIntake.Settled;
import io.sandrun.broker.job.JobRequest;
import io.sandrun.broker.job.JobSubmission;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.Role;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Places of a quota are given back once, whatever happens to a submit. */
class PlacesTest {
    private static final Principal CALLER =
            new Principal("client", Set.of(Role.SUBMIT), null, null, new Quota(2, 0, 0, 0));

    @Test
    void those_that_are_settled_are_not_given_back_when_the_submit_fails_after_its_commit(@TempDir Path directory) {
        Clock clock = Clock.systemUTC();
        try (Store store = Store.open(directory.resolve("sandrun.db"), clock)) {
            Quotas quotas = new Quotas(store, clock);
            JobRequest job = new JobSubmission(Duration.ofMinutes(5), clock)
                    .read(JsonFields.parse("{\"code\": \"1\"}".getBytes(StandardCharsets.UTF_8)));
            Places refused = quotas.take(CALLER, List.of(job));
            Places written = quotas.take(CALLER, List.of(job));
            refused.giveBack();
            written.settle(List.of(new Settled("pool-1", false, false, 0)));
            written.giveBack();
            assertThat(quotas.standing(CALLER).activeJobs()).isEqualTo(1);
        }
    }
}
