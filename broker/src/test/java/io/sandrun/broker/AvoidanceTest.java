package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.ScriptedNode.Job;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job waits for another node than the one that failed it, but not for ever. */
class AvoidanceTest {
    private static final Duration NODE_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration ALMOST = Duration.ofSeconds(59);
    private final SettableClock clock = new SettableClock();

    @AutoClose
    private BrokerUnderTest broker;

    private ScriptedNode bad;
    private ScriptedNode full;

    @BeforeEach
    void start(@TempDir Path directory) {
        broker = BrokerUnderTest.start(
                directory, settings -> settings.nodeTimeout(NODE_TIMEOUT).maxRetries(3), clock);
        bad = ScriptedNode.register(broker, "bad");
        full = ScriptedNode.register(broker, "full");
        // The broker's own grace is over.
        clock.advance(NODE_TIMEOUT.plusMillis(1));
        bad.heartbeat(false);
        full.heartbeat(false);
    }

    /** A job that the bad node has failed, and that waits. */
    private String failed(String code) {
        String jobId = broker.submit(code);
        Job job = bad.claimOne();
        assertThat(job.id()).isEqualTo(jobId);
        bad.report(job, "sandbox_error", "", -1);
        return jobId;
    }

    @Test
    void a_job_comes_back_when_the_other_node_was_full_for_long() {
        String jobId = failed("print(1)");
        CompletableFuture<List<Job>> claim = bad.claimParked(1, 20);
        clock.advance(ALMOST);
        assertThat(bad.claim(1, 0)).isEmpty();
        assertThat(claim).isNotDone();
        clock.advance(Duration.ofSeconds(2));
        assertThat(answer(claim)).extracting(Job::id).containsExactly(jobId);
    }

    @Test
    void each_failure_is_avoided_anew() {
        String jobId = failed("print(1)");
        CompletableFuture<List<Job>> claim = bad.claimParked(1, 20);
        clock.advance(Duration.ofSeconds(61));
        bad.report(answer(claim).get(0), "sandbox_error", "", -1);
        assertThat(bad.claim(1, 0)).isEmpty();
        assertThat(full.claimOne().id()).isEqualTo(jobId);
    }

    @Test
    void all_come_back_when_the_other_node_goes() {
        List<String> jobs = List.of(failed("print(1)"), failed("print(2)"), failed("print(3)"));
        assertThat(bad.claim(3, 0)).isEmpty();
        full.release(true);
        assertThat(bad.claim(3, 0)).extracting(Job::id).containsExactlyElementsOf(jobs);
    }
}
