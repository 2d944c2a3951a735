package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.protocol.identity.ApiKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker heeds on which terms the owners of nodes let them work. */
class OwnerTermsTest {
    private static final Map<String, Object> PAUSED = closed("paused", "paused by its owner");

    @TempDir
    private Path directory;

    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private static Map<String, Object> closed(String code, String reason) {
        return Map.of("closed", Map.of("code", code, "reason", reason, "until", 4_102_444_800L));
    }

    private ScriptedNode node(String name, Map<String, ?> terms) {
        return ScriptedNode.register(broker, name, Map.of("owner_terms", terms));
    }

    /** The same node on other terms: it has not stopped meanwhile. */
    private static void change(ScriptedNode node, Map<String, ?> terms) {
        Reply reply = node.goOn(Map.of("owner_terms", terms));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        assertThat(reply.text("node_id")).isEqualTo(node.id());
    }

    private String why(String jobId) {
        return broker.get("/status/" + jobId).text("pending_reason");
    }

    @Test
    void a_closed_node_gets_nothing_keeps_what_it_has_and_says_why() {
        ScriptedNode node = node("one", Map.of());
        broker.submit("print(1)");
        Job held = node.claimOne();
        change(node, PAUSED);
        JsonNode shown = broker.node(node.id());
        assertThat(shown.path("state").asText()).isEqualTo("closing");
        assertThat(shown.path("capabilities").path("owner_terms").path("closed").toString())
                .isEqualTo("{\"code\":\"paused\",\"reason\":\"paused by its owner\",\"until\":4.1024448E9}");

        String waiting = broker.submit("print(2)");
        assertThat(node.claim(1, 0)).isEmpty();
        assertThat(node.complete(held, "1").status()).isEqualTo(200);
        assertThat(broker.node(node.id()).path("state").asText()).isEqualTo("closed");
        assertThat(why(waiting))
                .isEqualTo("Of the nodes that could run it, 1 is paused by its owner; one may take work again at"
                        + " 2100-01-01 00:00 UTC.");

        change(node, Map.of());
        assertThat(broker.node(node.id()).path("state").asText()).isEqualTo("active");
        assertThat(node.claim(1, 0)).extracting(Job::id).containsExactly(waiting);
    }

    @Test
    void a_claim_that_waits_is_answered_with_nothing_when_its_node_closes() {
        ScriptedNode node = node("one", Map.of());
        CompletableFuture<List<Job>> claim = node.claimParked(2, 20);
        change(node, PAUSED);
        assertThat(answer(claim)).isEmpty();
        assertThat(broker.node(node.id()).path("waiting_claims").asInt()).isZero();
    }

    @Test
    void a_claim_that_came_while_its_node_was_closed_has_its_job_when_it_opens() {
        ScriptedNode node = node("one", PAUSED);
        CompletableFuture<List<Job>> claim = node.claimParked(1, 20);
        String job = broker.submit("print(1)");
        assertThat(broker.state(job)).isEqualTo("pending");
        change(node, Map.of());
        assertThat(answer(claim)).extracting(Job::id).containsExactly(job);
    }

    @Test
    void terms_outlive_a_restart_of_the_broker() {
        ScriptedNode node = node("one", PAUSED);
        broker.close();
        broker = BrokerUnderTest.start(directory);
        ScriptedNode again = node.at(broker);
        assertThat(again.heartbeat(true).status()).isEqualTo(200);
        String job = broker.submit("print(1)");
        assertThat(again.claim(1, 0)).isEmpty();
        assertThat(why(job)).contains("1 is paused by its owner");
    }

    @Test
    void a_job_is_not_kept_from_the_only_node_that_takes_its_client_any_more() {
        ScriptedNode bad = node("bad", Map.of());
        node("good", Map.of());
        String job = broker.submit("print(1)");
        bad.report(bad.claimOne(), "sandbox_error", "", -1);
        assertThat(bad.claim(1, 0)).as("since another fits").isEmpty();
        change(node("good", Map.of()), Map.of("keys", List.of("key-000000000000")));
        assertThat(bad.claim(1, 0)).extracting(Job::id).containsExactly(job);
    }

    @Test
    void a_job_is_kept_from_the_node_that_failed_it_however_often_others_change_what_they_offer() {
        ScriptedNode bad = node("bad", Map.of());
        ScriptedNode good = node("good", Map.of());
        ScriptedNode fickle = node("fickle", Map.of());
        String job = broker.submit("print(1)");
        bad.report(bad.claimOne(), "sandbox_error", "", -1);
        change(fickle, PAUSED);
        change(fickle, Map.of());
        fickle.release(true);
        assertThat(bad.claim(1, 0)).isEmpty();
        assertThat(good.claim(1, 0)).extracting(Job::id).containsExactly(job);
    }

    @Test
    void jobs_go_to_the_open_node_and_the_reason_counts_the_others() {
        node("one", PAUSED);
        node("two", PAUSED);
        node("three", closed("hours", "outside its hours"));
        node("four", closed("moon", "not in the mood"));
        String job = broker.submit("print(1)");
        assertThat(why(job))
                .startsWith("Of the nodes that could run it, 1 is outside its hours, 1 takes no work now,"
                        + " 2 are paused by their owners; one may");
        ScriptedNode open = node("five", Map.of());
        assertThat(why(job)).startsWith("Waiting for a free slot");
        assertThat(open.claim(1, 0)).extracting(Job::id).containsExactly(job);
    }

    @Test
    void a_node_that_lacks_what_a_job_needs_is_not_blamed_for_being_closed() {
        node("one", PAUSED);
        String job = broker.submit(Map.of("code", "print(1)", "interpreter", "python3", "memory_mb", 4096, "cores", 8));
        assertThat(why(job))
                .isEqualTo("Every live node is closed by its owner, drained, or barred for its answers: see"
                        + " `sandrun nodes`.");
    }

    @Test
    void jobs_at_once_stay_within_the_memory_of_the_owner() {
        ScriptedNode node = node("one", Map.of("memory_mb", 1000));
        String big = submit(500, 100);
        String second = submit(100, 500);
        String small = submit(200, 100);
        List<Job> first = node.claim(4, 0);
        assertThat(first).extracting(Job::id).containsExactly(big, small);
        CompletableFuture<List<Job>> parked = node.claimParked(2, 20);
        assertThat(broker.state(second)).isEqualTo("pending");
        assertThat(why(second))
                .isEqualTo("Waiting for memory: the node that could run it has 100 MiB left of what its owner lets jobs"
                        + " have, and this one may take 600 with its files.");
        assertThat(node.complete(first.get(0), "1").status()).isEqualTo(200);
        assertThat(answer(parked)).extracting(Job::id).containsExactly(second);
    }

    @Test
    void a_job_waits_for_memory_only_where_no_node_has_it() {
        ScriptedNode one = node("one", Map.of("memory_mb", 1000));
        ScriptedNode two = node("two", Map.of("memory_mb", 1000));
        submit(400, 200);
        submit(600, 200);
        assertThat(one.claim(1, 0)).hasSize(1);
        assertThat(two.claim(1, 0)).hasSize(1);
        String waiting = submit(400, 1);
        assertThat(why(waiting))
                .isEqualTo("Waiting for memory: none of the 2 nodes that could run it has more than 400 MiB left of"
                        + " what its owner lets jobs have, and this one may take 401 with its files.");
        // Less than the jobs that go on there have.
        change(one, Map.of("memory_mb", 450));
        assertThat(why(waiting)).contains("has more than 200 MiB left");
        change(two, Map.of("memory_mb", 1300));
        assertThat(why(waiting)).isEqualTo("Waiting for a free slot: it is the next in line.");
        node("three", Map.of());
        change(two, Map.of("memory_mb", 500));
        assertThat(why(waiting)).isEqualTo("Waiting for a free slot: it is the next in line.");
    }

    private String submit(int memoryMb, int diskMb) {
        return broker.submit(Map.of("code", "1", "interpreter", "python3", "memory_mb", memoryMb, "disk_mb", diskMb));
    }

    @Test
    void a_job_whose_files_are_too_much_for_the_memory_of_every_owner_says_so() {
        ScriptedNode node = node("one", Map.of("memory_mb", 600));
        String fits = submit(300, 300);
        String large = submit(300, 301);
        assertThat(node.claim(2, 0)).extracting(Job::id).containsExactly(fits);
        assertThat(why(large))
                .isEqualTo("No live node has 300 MiB of memory (1 live node has: 600 MiB for a job with its files,"
                        + " and this one may take 601).");
    }

    @Test
    void a_node_runs_jobs_of_the_keys_that_its_owner_names_and_no_others() {
        BrokerUnderTest admin = broker.as(broker.key("admin"));
        String aliceKey = admin.key("submit");
        BrokerUnderTest alice = broker.as(aliceKey);
        BrokerUnderTest bob = broker.as(admin.key("submit"));
        broker = broker.as(admin.key("node"));
        String aliceId = ApiKey.parse(aliceKey).orElseThrow().id();
        ScriptedNode node = node("one", Map.of("keys", List.of(aliceId)));
        CompletableFuture<List<Job>> parked = node.claimLater(1, 20);
        BrokerUnderTest.await(() -> admin.node(node.id()).path("waiting_claims").asInt() == 1);

        String bobs = bob.submit("print(1)");
        assertThat(bob.get("/status/" + bobs).text("pending_reason"))
                .isEqualTo("Of the nodes that could run it, 1 runs jobs of other API keys only.");
        String first = alice.submit("print(2)");
        assertThat(answer(parked)).extracting(Job::id).containsExactly(first);
        String later = alice.submit("print(3)");
        String urgent = alice.submit(Map.of("code", "4", "interpreter", "bash", "priority", 5));
        assertThat(node.claim(4, 0)).extracting(Job::id).containsExactly(urgent, later);
        assertThat(bob.state(bobs)).isEqualTo("pending");

        ScriptedNode anyones = node("two", Map.of());
        assertThat(anyones.claim(4, 0)).extracting(Job::id).containsExactly(bobs);
    }

    @Test
    void copies_of_verified_jobs_keep_to_the_keys_too() {
        BrokerUnderTest admin = broker.as(broker.key("admin"));
        String aliceKey = admin.key("submit");
        BrokerUnderTest alice = broker.as(aliceKey);
        BrokerUnderTest bob = broker.as(admin.key("submit"));
        broker = broker.as(admin.key("node"));
        ScriptedNode node = node(
                "one",
                Map.of("keys", List.of(ApiKey.parse(aliceKey).orElseThrow().id())));
        Map<String, Object> verified = Map.of("code", "1", "interpreter", "python3", "verify", true);
        bob.submit(verified);
        assertThat(node.claim(4, 0)).isEmpty();
        String plain = alice.submit("print(1)");
        alice.submit(verified);
        assertThat(node.claim(4, 0)).hasSize(2).extracting(Job::id).contains(plain);
    }

    @Test
    void terms_that_cannot_be_meant_are_refused_by_name() {
        for (Map.Entry<String, Object> wrong : Map.<String, Object>of(
                        "memory_mb", -1, "keys", List.of(5), "closed", "yes")
                .entrySet()) {
            Reply reply = answer(ScriptedNode.signed(
                    broker,
                    ScriptedNode.keyOf("one"),
                    "/register",
                    Map.of(
                            "worker_id",
                            ScriptedNode.key("one"),
                            "name",
                            "one",
                            "capabilities",
                            Map.of("owner_terms", Map.of(wrong.getKey(), wrong.getValue())))));
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.body().path("details").path("field").asText())
                    .startsWith("capabilities.owner_terms." + wrong.getKey());
        }
    }
}
