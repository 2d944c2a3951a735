package io.sandrun.benchmarks.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.benchmarks.pool.LyingNodes.Cast;
import io.sandrun.benchmarks.pool.LyingNodes.Story;
import io.sandrun.runtime.SandboxSettings;
import io.sandrun.runtime.SandboxUnavailableException;
import io.sandrun.runtime.Sandboxes;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that lie, at a real broker over real HTTP. */
class LyingNodesTest {
    private static final int JOBS = 2_000;

    /** Enough for a liar to be found out three times, each job in real sandboxes. */
    private static final int JOBS_IN_SANDBOXES = 60;

    @Test
    @Timeout(180)
    void of_ten_nodes_three_lie_and_no_wrong_answer_is_believed_and_in_the_end_they_get_no_work() throws Exception {
        Story story = LyingNodes.run(JOBS, Cast.EACH_ALONE);
        assertNothingWrong(story);
        assertLiarsAreOut(story);
    }

    @Test
    @Timeout(180)
    void two_that_lie_alike_from_different_addresses_do_not_get_through_either() throws Exception {
        Story story = LyingNodes.run(JOBS, Cast.TWO_COLLUDE);
        assertNothingWrong(story);
        assertLiarsAreOut(story);
    }

    @Test
    @Timeout(180)
    void nodes_with_real_sandboxes_are_believed_over_those_that_lie(@TempDir Path probe) throws Exception {
        try (Sandboxes sandboxes = Sandboxes.open(new SandboxSettings(1, probe))) {
            assertThat(sandboxes).isNotNull();
        } catch (SandboxUnavailableException absent) {
            abort("no sandbox on this machine: " + absent.getMessage());
        }
        Cast cast = new Cast(0, 5, List.of(Conduct.COLLUDES, Conduct.COLLUDES, Conduct.ALTERS_EXIT_CODE));
        Story story = LyingNodes.run(JOBS_IN_SANDBOXES, cast);
        assertNothingWrong(story);
        assertThat(StreamSupport.stream(story.nodes().spliterator(), false).filter(LyingNodes::isLiar))
                .hasSize(3)
                .extracting(node -> node.path("standing").asText())
                .containsOnly("barred");
    }

    private static void assertNothingWrong(Story story) {
        System.out.printf("executions per job, by tenths: %s%n", story.executionsPerJob());
        assertThat(story.wrong()).isZero();
        assertThat(story.undecided()).isZero();
        for (JsonNode node : story.nodes()) {
            if (!LyingNodes.isLiar(node)) {
                assertThat(node.path("standing").asText()).as("%s", node).isIn("new", "proven");
            }
        }
    }

    private static void assertLiarsAreOut(Story story) {
        assertThat(story.ofLiarsAtLast()).isZero();
        for (JsonNode node : story.nodes()) {
            boolean isLiar = LyingNodes.isLiar(node);
            assertThat(node.path("standing").asText()).as("%s", node).isEqualTo(isLiar ? "barred" : "proven");
            if (isLiar) {
                assertThat(node.path("standing_reason").asText())
                        .matches("\\d+ of its answers were outvoted, last in job \\S+");
            }
        }
        assertThat(story.executionsPerJob().get(0)).isGreaterThan(1.1);
        // The last half together: a tenth of 200 jobs has some ten checks, give or take.
        assertThat(Story.mean(story.executionsPerJob().subList(5, 10))).isBetween(1.0, 1.12);
    }
}
