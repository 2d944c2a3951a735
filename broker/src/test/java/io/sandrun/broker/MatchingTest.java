package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs go to nodes that can serve them, and a pending one says why it waits. */
class MatchingTest {
    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start(@TempDir Path directory) {
        broker = BrokerUnderTest.start(directory);
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
    void an_interpreter_is_matched_by_its_version() {
        ScriptedNode old = versioned("old", "3.8.19");
        ScriptedNode modern = versioned("modern", "3.11.7");
        ScriptedNode silent = ScriptedNode.register(broker, "says no version");
        String jobId = submit("interpreter_version", ">=3.9, <4");
        assertThat(old.claim(1, 0)).isEmpty();
        assertThat(silent.claim(1, 0)).isEmpty();
        assertThat(modern.claim(1, 0)).extracting(Job::id).containsExactly(jobId);
        assertThat(reason(submit("interpreter_version", ">=3.12")))
                .isEqualTo("No live node has python3 >=3.12 (3 live nodes have: 3.11.7, 3.8.19).");
    }

    private ScriptedNode versioned(String name, String version) {
        return ScriptedNode.register(broker, name, Map.of("interpreter_versions", Map.of("python3", version)));
    }

    @Test
    void a_job_goes_where_its_environment_is_prepared() {
        ScriptedNode plain = ScriptedNode.register(broker, "plain");
        String jobId = submit("environment", "ml-basic");
        assertThat(plain.claim(1, 0)).isEmpty();
        assertThat(reason(jobId)).isEqualTo("No live node has the environment ml-basic (1 node is live).");
        ScriptedNode prepared =
                ScriptedNode.register(broker, "prepared", Map.of("environments", List.of("ml-basic", "data-science")));
        assertThat(prepared.claim(1, 0)).extracting(Job::id).containsExactly(jobId);
    }

    @Test
    void an_environment_brings_its_own_interpreter() {
        ScriptedNode node = ScriptedNode.register(
                broker,
                "one",
                Map.of(
                        "interpreters",
                        List.of("bash", "node"),
                        "interpreter_versions",
                        Map.of("node", "20.1.0"),
                        "environments",
                        List.of(environment("ml-basic", "python3", "3.11.2"), environment("web", "node", "18.13.0"))));
        String python = submit("environment", "ml-basic");
        String version = broker.submit(Map.of("code", "x", "environment", "ml-basic", "interpreter_version", ">=3.11"));
        assertThat(node.claim(8, 0)).extracting(Job::id).containsExactly(python, version);
        assertThat(reason(broker.submit(Map.of("code", "x", "environment", "ml-basic", "interpreter", "node"))))
                .isEqualTo("No live node has the environment ml-basic for node"
                        + " (1 live node has: ml-basic for python3).");
        assertThat(reason(broker.submit(Map.of(
                        "code", "x", "environment", "web", "interpreter", "node", "interpreter_version", ">=20"))))
                .isEqualTo("No live node has the environment web with node >=20 (1 live node has: 18.13.0).");
        assertThat(reason(submit("environment", "ml-basik")))
                .isEqualTo("No live node has the environment ml-basik (1 live node has: ml-basic, web).");
    }

    private static Map<String, Object> environment(String name, String interpreter, String version) {
        return Map.of(
                "name",
                name,
                "interpreter",
                interpreter,
                "interpreter_version",
                version,
                "packages",
                Map.of("numpy", "1.24.2"),
                "digest",
                "a".repeat(64),
                "preload",
                List.of("numpy"));
    }

    @Test
    void environments_that_cannot_be_read_are_refused() {
        assertOfferRefused("capabilities.environments", List.of("one", "one"));
        assertOfferRefused("capabilities.environments[1]", List.of("one", Map.of("name", "two")));
        assertOfferRefused("capabilities.environments[0].name", List.of(Map.of("interpreter", "python3")));
        assertOfferRefused("capabilities.environments[0].name", List.of(Map.of("name", "../up")));
        assertOfferRefused(
                "capabilities.environments[0].packages.numpy",
                List.of(Map.of("name", "one", "packages", Map.of("numpy", 1))));
        assertOfferRefused("capabilities.environments", "ml-basic");
    }

    private void assertOfferRefused(String field, Object environments) {
        Reply reply =
                broker.post("/register", Map.of("endpoint", "", "capabilities", Map.of("environments", environments)));
        assertThat(reply.status()).as("%s", environments).isEqualTo(400);
        assertThat(reply.body().path("details").path("field").asText()).isEqualTo(field);
    }

    @Test
    void gpus_are_counted_that_have_the_memory() {
        ScriptedNode mixed = ScriptedNode.register(
                broker,
                "mixed",
                Map.of(
                        "gpus",
                        List.of(Map.of("name", "A", "memory_mb", 24_000), Map.of("name", "B", "memory_mb", 4_000))));
        String one = submit("gpu", Map.of("count", 1, "vram_mb", 8_000));
        String two = submit("gpu", Map.of("count", 2, "vram_mb", 8_000));
        String any = submit("gpu", 2);
        assertThat(mixed.claim(8, 0)).extracting(Job::id).containsExactly(one, any);
        assertThat(reason(two)).contains("2 GPUs with 8000 MiB");
    }

    @Test
    void labels_are_matched_by_conditions() {
        ScriptedNode there = labelled("there", Map.of("region", "eu", "ssd", "true", "zone", "a", "disks", "4"));
        String jobId = submit("requires", "region in (eu, us) and ssd = true and zone != b and disks >= 2");
        String elsewhere = submit("requires", "region not in (eu, us)");
        assertThat(there.claim(8, 0)).extracting(Job::id).containsExactly(jobId);
        assertThat(reason(elsewhere)).contains("labels with region not in (eu, us)");
        assertThat(labelled("bare", Map.of()).claim(8, 0)).extracting(Job::id).containsExactly(elsewhere);
    }

    private ScriptedNode labelled(String name, Map<String, String> labels) {
        return ScriptedNode.register(broker, name, Map.of("labels", labels));
    }

    @Test
    void isolation_that_a_job_insists_on_is_matched() {
        ScriptedNode weak = ScriptedNode.register(broker, "weak", Map.of("isolation", List.of("seccomp")));
        String jobId = submit("isolation", List.of("cgroup:memory"));
        assertThat(weak.claim(1, 0)).isEmpty();
        assertThat(reason(jobId)).contains("the isolation layer cgroup:memory").contains("seccomp");
        ScriptedNode strong =
                ScriptedNode.register(broker, "strong", Map.of("isolation", List.of("seccomp", "cgroup:memory")));
        assertThat(strong.claim(1, 0)).extracting(Job::id).containsExactly(jobId);
    }

    @Test
    void a_pending_job_tells_how_many_nodes_meet_each_requirement() {
        ScriptedNode.register(broker, "small", Map.of("cpu_cores", 1));
        ScriptedNode.register(broker, "large", Map.of("cpu_cores", 8));
        String jobId = broker.submit(Map.of("code", "x", "cores", 8, "requires", "zone = a"));
        JsonNode details = broker.get("/status/" + jobId).body().path("pending_details");
        assertThat(details)
                .extracting(detail -> detail.path("requirement").asText() + ": "
                        + detail.path("nodes_meeting").asInt() + " of "
                        + detail.path("nodes_live").asInt())
                .containsExactly(
                        "the interpreter python3: 2 of 2",
                        "512 MiB of memory: 2 of 2",
                        "8 cores: 1 of 2",
                        "labels with zone = a: 0 of 2");
    }

    @Test
    void needs_that_cannot_be_read_are_refused_with_the_place() {
        assertRefused("requires", "region in (eu us)", 15);
        assertRefused("requires", "ssd", 4);
        assertRefused("requires", "a = 1 or b = 2", 7);
        assertRefused("requires", "disks > many", 9);
        assertRefused("interpreter_version", ">=3.9 <4", 7);
        assertRefused("interpreter_version", "new", 1);
    }

    private void assertRefused(String field, String text, int position) {
        Reply reply = broker.post("/submit", Map.of("code", "x", field, text));
        assertThat(reply.status()).as("%s %s", field, text).isEqualTo(400);
        assertThat(reply.text("code")).isEqualTo("invalid_field");
        assertThat(reply.body().path("details").path("field").asText()).isEqualTo(field);
        assertThat(reply.body().path("details").path("position").asInt())
                .as("%s", reply.body())
                .isEqualTo(position);
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
        broker.submit("w");
        busy.claimOne();
        ScriptedNode idle = ScriptedNode.register(broker, "idle");
        CompletableFuture<List<Job>> busyClaim = busy.claimParked(3, 20);
        CompletableFuture<List<Job>> idleClaim = idle.claimParked(4, 20);
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
        CompletableFuture<List<Job>> claim = node.claimParked(1, 20);
        String jobId = submit("interpreter", "ruby");
        ScriptedNode.register(broker, "one", Map.of("interpreters", List.of("ruby")));
        assertThat(answer(claim)).extracting(Job::id).containsExactly(jobId);
    }
}
