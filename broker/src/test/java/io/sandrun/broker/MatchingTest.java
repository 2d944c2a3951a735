package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.ScriptedNode.Job;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs go to nodes that can serve them, and a pending one says why it waits. */
class MatchingTest {
    private BrokerUnderTest broker;

    @BeforeEach
    void start(@TempDir Path directory) {
        broker = BrokerUnderTest.start(directory);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private String submit(String field, Object value) {
        Map<String, Object> job = new HashMap<>(Map.of("code", "x"));
        job.put(field, value);
        return broker.submit(job);
    }

    private String reason(String jobId) {
        return broker.get("/status/" + jobId).text("pending_reason");
    }

    @Test
    void a_job_waits_for_a_node_that_has_what_it_needs() {
        ScriptedNode small = ScriptedNode.register(broker, "small", Map.of("memory_mb", 1024));
        String ruby = submit("interpreter", "ruby");
        String large = submit("memory_mb", 2048);
        String cores = submit("cores", 16);
        String gpu = submit("gpu", true);
        String label = submit("labels", Map.of("zone", "a", "disk", "ssd"));
        String node = submit("node", "node-nobody");
        assertThat(small.claim(8, 0)).isEmpty();
        assertThat(reason(ruby)).isEqualTo("No live node has the interpreter ruby (1 live node has: bash, python3).");
        assertThat(reason(large)).contains("2048 MiB of memory");
        assertThat(reason(cores)).contains("16 cores");
        assertThat(reason(gpu)).contains("a GPU");
        assertThat(reason(label)).contains("the label disk=ssd");
        assertThat(reason(node)).contains("node-nobody");

        ScriptedNode big = ScriptedNode.register(
                broker,
                "big",
                Map.of(
                        "interpreters", List.of("python3", "ruby"),
                        "cpu_cores", 16,
                        "gpus", List.of(Map.of("name", "A", "memory_mb", 1)),
                        "labels", Map.of("zone", "a", "disk", "ssd", "more", "x")));
        assertThat(big.claim(8, 0)).extracting(Job::id).containsExactly(ruby, large, cores, gpu, label);
        String mine = submit("node", small.id());
        assertThat(big.claim(8, 0)).isEmpty();
        broker.post("/cancel/" + mine, "");
    }

    @Test
    void needs_that_no_single_node_meets_are_told_one_by_one() {
        ScriptedNode.register(broker, "ruby", Map.of("interpreters", List.of("ruby"), "cpu_cores", 1));
        ScriptedNode.register(broker, "cores", Map.of("cpu_cores", 8));
        String jobId = broker.submit(Map.of("code", "x", "interpreter", "ruby", "cores", 8));
        assertThat(reason(jobId)).contains("all of").contains("ruby (1 of 2)").contains("8 cores (1 of 2)");
    }

    @Test
    void without_nodes_a_job_says_how_to_get_one() {
        assertThat(reason(broker.submit("x"))).contains("sandrun node");
    }

    @Test
    void behind_others_a_job_tells_its_place() {
        ScriptedNode.register(broker, "one");
        broker.submit("a");
        broker.submit("b");
        String third = broker.submit("c");
        assertThat(reason(third)).isEqualTo("Waiting for a free slot: 2 jobs are ahead.");
        assertThat(broker.get("/status/" + third).body().path("queue_position").asInt())
                .isEqualTo(3);
    }

    @Test
    void a_submit_wakes_the_least_loaded_node_and_only_that_one() {
        ScriptedNode busy = ScriptedNode.register(broker, "busy");
        ScriptedNode idle = ScriptedNode.register(broker, "idle");
        CompletableFuture<List<Job>> busyClaim = busy.claimLater(1, 20);
        CompletableFuture<List<Job>> idleClaim = idle.claimLater(4, 20);
        // Both claims are in the store's queue before this one, which is answered after them.
        ScriptedNode last = ScriptedNode.register(broker, "last");
        last.release(true);
        String jobId = broker.submit("x");
        assertThat(answer(idleClaim)).extracting(Job::id).containsExactly(jobId);
        assertThat(busyClaim).isNotDone();
        String second = broker.submit("y");
        assertThat(answer(busyClaim)).extracting(Job::id).containsExactly(second);
    }

    @Test
    void a_claim_that_came_before_a_new_kind_of_job_is_woken_by_it() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        for (int memoryMb = 100; memoryMb < 120; memoryMb++) {
            CompletableFuture<List<Job>> claim = node.claimLater(1, 20);
            String jobId = submit("memory_mb", memoryMb);
            assertThat(answer(claim)).extracting(Job::id).containsExactly(jobId);
        }
    }

    @Test
    void a_node_that_can_do_more_after_registering_again_is_reconsidered() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        CompletableFuture<List<Job>> claim = node.claimLater(1, 20);
        String jobId = submit("interpreter", "ruby");
        ScriptedNode.register(broker, "one", Map.of("interpreters", List.of("ruby")));
        assertThat(answer(claim)).extracting(Job::id).containsExactly(jobId);
    }
}
