package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.ScriptedNode.Job;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a verified job that needs one owner more than there are: it waits, and not for ever. */
class PoolTooSmallTest {
    /** VERIFY_WAIT unless something else is said. */
    private static final Duration WAIT = Duration.ofMinutes(10);

    private static final Duration GRACE = Duration.ofSeconds(16);
    private static final String NOBODY_CAME = " For 600 s no further node of another owner was there to be asked.";

    @TempDir
    private Path directory;

    private final SettableClock clock = new SettableClock();

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory, settings -> settings.verifySameAddress(true), clock);
        // Until its nodes had the time to come, a broker gives up none of them.
        clock.advance(GRACE);
    }

    private String submit() {
        return broker.submit(Map.of("code", "print(1)", "verify", Map.of("replicas", 3, "quorum", 2)));
    }

    private String whyPending(String jobId) {
        return broker.get("/status/" + jobId).text("pending_reason");
    }

    /** A job of which each of the nodes a, b and c has said something. */
    private String answered(String... answers) {
        List<ScriptedNode> nodes = ScriptedNode.registerAll(broker, "a", "b", "c");
        String jobId = submit();
        for (int node = 0; node < nodes.size(); node++) {
            nodes.get(node).complete(nodes.get(node).claimOne(), answers[node]);
        }
        awaitNobodyLeft(jobId);
        return jobId;
    }

    private void awaitNobodyLeft(String jobId) {
        await(() -> whyPending(jobId).contains(" If none comes until "));
    }

    private void assertGivenUp(String jobId, String evidence) {
        JsonNode result = broker.result(jobId);
        assertThat(result.path("code").asText()).isEqualTo("verification_failed");
        assertThat(result.path("output").asText()).isEmpty();
        assertThat(result.path("reason").asText()).isEqualTo(evidence + NOBODY_CAME);
        assertThat(broker.get("/health").body().path("jobs").asInt()).isZero();
    }

    @Test
    void answers_that_all_differ_end_the_job_when_nobody_else_comes() {
        String jobId = answered("1\n", "2\n", "3\n");
        assertThat(whyPending(jobId))
                .isEqualTo("It waits for a node of a fourth owner: 3 of 5 copies are placed."
                        + " If none comes until 2027-01-15 08:10:16 UTC, it ends with what it has.");
        clock.advance(WAIT);
        assertGivenUp(
                jobId,
                "Of its copies 3 answered, 1 and 1 and 1 of them alike: it takes 3, and one answer that is ahead of"
                        + " the others by 2.");
        JsonNode verification = broker.get("/status/" + jobId).body().path("verification");
        assertThat(verification.path("copies").findValuesAsText("digest"))
                .hasSize(3)
                .doesNotHaveDuplicates();
        assertThat(broker.get("/nodes").body().path("nodes").findValuesAsText("standing"))
                .containsExactly("new", "new", "new");
    }

    @Test
    void a_node_of_a_fourth_owner_that_comes_in_time_decides() {
        String jobId = answered("1\n", "1\n", "2\n");
        clock.advance(WAIT.minusSeconds(1));
        ScriptedNode fourth = ScriptedNode.register(broker, "d");
        Job copy = fourth.claimOne();
        clock.advance(Duration.ofSeconds(2));
        assertThat(fourth.complete(copy, "1\n").status()).isEqualTo(200);
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1\n");
    }

    @Test
    void one_that_comes_and_goes_begins_the_wait_anew() {
        String jobId = answered("1\n", "1\n", "2\n");
        clock.advance(WAIT.minusSeconds(1));
        ScriptedNode fourth = ScriptedNode.register(broker, "d");
        fourth.release(true, fourth.claimOne());
        await(() -> whyPending(jobId).contains("If none comes until 2027-01-15 08:20:15 UTC"));
        clock.advance(WAIT);
        assertThat(broker.result(jobId).path("code").asText()).isEqualTo("verification_failed");
    }

    @Test
    void one_that_cannot_run_the_job_is_nobody() {
        String jobId = answered("1\n", "1\n", "2\n");
        ScriptedNode.register(broker, "d", Map.of("interpreters", List.of("ruby")));
        clock.advance(WAIT);
        assertThat(broker.result(jobId).path("reason").asText()).endsWith(NOBODY_CAME);
    }

    @Test
    void who_lost_a_copy_may_have_another_one_when_nobody_else_is_left() {
        List<ScriptedNode> nodes = ScriptedNode.registerAll(broker, "a", "b", "c");
        String jobId = submit();
        nodes.subList(0, 2).forEach(node -> node.complete(node.claimOne(), "1\n"));
        ScriptedNode unlucky = nodes.get(2);
        unlucky.report(unlucky.claimOne(), "sandbox_error", "", -1);
        unlucky.complete(unlucky.claimOne(), "1\n");
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1\n");
    }

    @Test
    void who_lost_two_copies_gets_no_third() {
        List<ScriptedNode> nodes = ScriptedNode.registerAll(broker, "a", "b", "c");
        String jobId = submit();
        nodes.subList(0, 2).forEach(node -> node.complete(node.claimOne(), "1\n"));
        ScriptedNode broken = nodes.get(2);
        broken.report(broken.claimOne(), "sandbox_error", "", -1);
        broken.report(broken.claimOne(), "sandbox_error", "", -1);
        awaitNobodyLeft(jobId);
        assertThat(broken.claim(1, 0)).isEmpty();
        clock.advance(WAIT);
        assertGivenUp(
                jobId,
                "Of its copies 2 answered, 2 of them alike: it takes 3, and one answer that is ahead of the others"
                        + " by 2.");
    }

    @Test
    void a_restart_does_not_begin_the_wait_anew() {
        String jobId = answered("1\n", "1\n", "2\n");
        clock.advance(WAIT.dividedBy(2));
        broker.close();
        broker = BrokerUnderTest.start(directory, settings -> settings.verifySameAddress(true), clock);
        assertThat(whyPending(jobId)).contains("If none comes until 2027-01-15 08:10:16 UTC");
        clock.advance(WAIT.dividedBy(2));
        assertThat(broker.result(jobId).path("reason").asText()).endsWith(NOBODY_CAME);
    }

    @Test
    void a_job_that_no_node_has_had_waits_like_any_other() {
        String early = broker.submit(Map.of("code", "x", "interpreter", "ruby", "verify", true));
        String jobId = answered("1\n", "2\n", "3\n");
        clock.advance(WAIT);
        assertThat(broker.result(jobId).path("code").asText()).isEqualTo("verification_failed");
        assertThat(broker.state(early)).isEqualTo("pending");
    }
}
