package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.ScriptedNode.Job;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a status tells of what happened when. */
class TimelineTest {
    private final SettableClock clock = new SettableClock();

    @AutoClose
    private BrokerUnderTest broker;

    private ScriptedNode node;

    @BeforeEach
    void start(@TempDir Path directory) {
        broker = BrokerUnderTest.start(directory, settings -> settings, clock);
        node = ScriptedNode.register(broker, "one");
    }

    /** Each event as its word, its attempt, and the milliseconds since the job was submitted. */
    private List<String> timeline(String jobId) {
        JsonNode events = broker.get("/status/" + jobId).body().path("timeline");
        double from = events.path(0).path("at").asDouble();
        List<String> written = new ArrayList<>();
        events.forEach(event -> written.add("%s %d %d"
                .formatted(
                        event.path("event").asText(),
                        event.path("attempt").asInt(),
                        Math.round((event.path("at").asDouble() - from) * 1000))));
        return written;
    }

    private void report(Job job, Map<String, ?> phases) {
        Map<String, Object> attempt = Map.of("code", "ok", "phases", phases);
        int status = node.report(Map.of(
                        "node_id",
                        node.id(),
                        "job_id",
                        job.id(),
                        "output",
                        "",
                        "error",
                        "",
                        "exit_code",
                        0,
                        "lease_id",
                        job.leaseId(),
                        "attempt",
                        attempt))
                .status();
        assertThat(status).isEqualTo(200);
    }

    @Test
    void a_nodes_phases_are_laid_out_from_its_claim() {
        String jobId = broker.submit("1");
        assertThat(timeline(jobId)).containsExactly("submitted 0 0");
        clock.advance(Duration.ofMillis(100));
        Job job = node.claimOne();
        clock.advance(Duration.ofMillis(50));
        report(job, Map.of("prepared", 5, "started", 7, "ended", 40));
        assertThat(timeline(jobId))
                .containsExactly(
                        "submitted 0 0",
                        "assigned 1 100",
                        "prepared 1 105",
                        "started 1 107",
                        "ended 1 140",
                        "stored 1 150");
    }

    @Test
    void a_node_that_counts_too_long_ends_no_later_than_its_report() {
        String jobId = broker.submit("1");
        Job job = node.claimOne();
        clock.advance(Duration.ofMillis(50));
        report(job, Map.of("prepared", 5, "started", 9, "ended", 86_400_000));
        assertThat(timeline(jobId)).endsWith("started 1 9", "ended 1 50", "stored 1 50");
    }

    @Test
    void each_attempt_has_its_own_events() {
        String jobId = broker.submit(Map.of("code", "1", "retries", 1));
        Job first = node.claimOne();
        clock.advance(Duration.ofMillis(10));
        node.heartbeat(true, first);
        clock.advance(Duration.ofMillis(10));
        node.report(first, "exit_nonzero", "", 1);
        clock.advance(Duration.ofMillis(10));
        node.complete(node.claimOne(), "1");
        assertThat(timeline(jobId))
                .containsExactly(
                        "submitted 0 0", "assigned 1 0", "started 1 10", "stored 1 20", "assigned 2 30", "stored 2 30");
    }

    @Test
    void a_job_that_is_cancelled_before_its_first_attempt_is_stored_without_one() {
        String jobId = broker.submit("1");
        clock.advance(Duration.ofMillis(10));
        broker.send(broker.request("/jobs/" + jobId).DELETE());
        assertThat(timeline(jobId)).containsExactly("submitted 0 0", "stored 0 10");
    }
}
