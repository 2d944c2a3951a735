package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may work in a trusted pool, and what becomes of one whose key is put on its list or taken off. */
@Timeout(60)
class TrustedPoolTest {
    @TempDir
    private Path directory;

    private Path file;

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() throws IOException {
        file = directory.resolve("workers.json");
        list("one", "two");
        open();
    }

    private void open() {
        broker = BrokerUnderTest.start(
                directory.resolve("data"),
                settings -> settings.allowUnsignedNodes(false).workers(file));
    }

    private static Map<String, Object> entry(String name, int maxConcurrentJobs) {
        return Map.of(
                "worker_id",
                ScriptedNode.key(name),
                "endpoint",
                "http://" + name + ".example:8443",
                "max_concurrent_jobs",
                maxConcurrentJobs);
    }

    /** As a careful writer does it: by a rename onto the file. */
    private void write(String text) throws IOException {
        Path draft = Files.writeString(directory.resolve("draft"), text);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void list(String... names) throws IOException {
        List<Map<String, Object>> entries = new ArrayList<>();
        for (String name : names) {
            entries.add(entry(name, 4));
        }
        write(Json.write(entries));
    }

    private JsonNode pool() {
        return broker.get("/pool").body();
    }

    private void awaitListed(int workers) {
        BrokerUnderTest.await(() -> pool().path("total_workers").asInt() == workers);
    }

    private Reply register(String name) {
        return answer(ScriptedNode.signed(
                broker,
                ScriptedNode.keyOf(name),
                "/register",
                Map.of("worker_id", ScriptedNode.key(name), "name", name)));
    }

    private static void refusedAsUnlisted(Reply reply) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(403);
        assertThat(reply.text("code")).isEqualTo("worker_not_listed");
        assertThat(reply.text("error")).contains("workers file").endsWith(".");
    }

    @Test
    void a_key_that_is_not_on_the_list_is_refused_whatever_it_asks_for_and_changes_nothing() {
        refusedAsUnlisted(register("stranger"));
        refusedAsUnlisted(answer(ScriptedNode.signed(
                broker, ScriptedNode.keyOf("stranger"), "/claim", Map.of("node_id", "node-of-nobody"))));
        assertThat(broker.post("/register", Map.of("endpoint", "http://old")).text("code"))
                .isEqualTo("signature_required");
        assertThat(broker.get("/nodes").body().path("nodes")).isEmpty();
        assertThat(pool().path("healthy_workers").asInt()).isZero();
    }

    @Test
    void listed_workers_are_told_of_before_they_come_and_when_they_are_there() {
        JsonNode before = pool();
        assertThat(before.path("total_workers").asInt()).isEqualTo(2);
        assertThat(before.path("healthy_workers").asInt()).isZero();
        assertThat(before.path("total_jobs").asInt(-1)).isZero();
        assertThat(before.path("queued_jobs").asInt(-1)).isZero();
        JsonNode first = before.path("workers").path(0);
        assertThat(first.path("worker_id").asText()).isEqualTo(ScriptedNode.key("one"));
        assertThat(first.path("endpoint").asText()).isEqualTo("http://one.example:8443");
        assertThat(first.path("is_healthy").isBoolean()).isTrue();
        assertThat(first.path("is_healthy").asBoolean()).isFalse();
        assertThat(first.path("max_concurrent_jobs").asInt()).isEqualTo(4);
        assertThat(first.path("last_health_check").isNumber()).isTrue();

        ScriptedNode one = ScriptedNode.register(broker, "one");
        String running = broker.submit("x");
        Job job = one.claimOne();
        broker.submit("y");
        JsonNode after = pool();
        assertThat(after.path("healthy_workers").asInt()).isEqualTo(1);
        assertThat(after.path("total_jobs").asInt()).isEqualTo(2);
        assertThat(after.path("queued_jobs").asInt()).isEqualTo(1);
        assertThat(after.path("workers").path(0).path("is_healthy").asBoolean()).isTrue();
        assertThat(after.path("workers").path(0).path("active_jobs").asInt()).isEqualTo(1);
        assertThat(after.path("workers").path(0).path("last_health_check").asDouble())
                .isGreaterThan(1e9);
        assertThat(one.complete(job, "done").status()).isEqualTo(200);
        assertThat(broker.state(running)).isEqualTo("completed");
    }

    @Test
    void a_key_that_is_put_on_the_list_may_come_without_a_restart() throws IOException {
        refusedAsUnlisted(register("three"));
        list("one", "two", "three");
        awaitListed(3);
        ScriptedNode three = ScriptedNode.register(broker, "three");
        String job = broker.submit("x");
        assertThat(three.claimOne().id()).isEqualTo(job);
    }

    @Test
    void a_key_that_is_taken_off_the_list_loses_its_session_its_claims_and_its_leases() throws IOException {
        ScriptedNode one = ScriptedNode.register(broker, "one");
        ScriptedNode two = ScriptedNode.register(broker, "two");
        String jobId = broker.submit("x");
        Job held = two.claimOne();
        CompletableFuture<Reply> news = two.heartbeatLater(30, true, held);
        BrokerUnderTest.await(() -> broker.state(jobId).equals("running"));
        CompletableFuture<List<Job>> parked = two.claimParked(3, 20);
        list("one");
        assertThat(answer(parked)).isEmpty();
        assertThat(answer(news).body().path("lost").path(0).asText()).isEqualTo(held.leaseId());
        String session = two.session();
        assertThat(answer(broker.postLater("/claim", Map.of("node_id", two.id()), session))
                        .text("code"))
                .isEqualTo("session_expired");
        refusedAsUnlisted(register("two"));
        refusedAsUnlisted(answer(
                ScriptedNode.signed(broker, ScriptedNode.keyOf("two"), "/session", Map.of("node_id", two.id()))));
        assertThat(broker.get("/nodes").body().path("nodes"))
                .extracting(node -> node.path("state").asText())
                .containsExactlyInAnyOrder("active", "unlisted");

        Job again = one.claimOne();
        assertThat(again.id()).isEqualTo(jobId);
        assertThat(again.attempt()).isEqualTo(2);
        assertThat(one.complete(again, "by one").status()).isEqualTo(200);
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("by one");
    }

    @Test
    void a_worker_that_comes_back_onto_the_list_goes_on_with_another_session() throws IOException {
        ScriptedNode two = ScriptedNode.register(broker, "two");
        String first = two.session();
        list("one");
        awaitListed(1);
        list("one", "two");
        awaitListed(2);
        assertThat(answer(broker.postLater("/claim", Map.of("node_id", two.id()), first))
                        .text("code"))
                .isEqualTo("session_expired");
        String job = broker.submit("x");
        assertThat(two.claimOne().id()).isEqualTo(job);
    }

    @Test
    void a_list_that_cannot_be_taken_changes_nothing_until_it_is_mended() throws IOException {
        ScriptedNode one = ScriptedNode.register(broker, "one");
        write("[{\"worker_id\": \"" + ScriptedNode.key("one") + "\"");
        list("one", "two", "three");
        awaitListed(3);
        write("[{\"worker_id\": 7}]");
        Files.delete(file);
        list("one");
        awaitListed(1);
        String job = broker.submit("x");
        assertThat(one.claimOne().id()).isEqualTo(job);
    }

    @Test
    void a_list_that_is_written_in_place_is_read_too() throws IOException {
        Files.writeString(file, Json.write(List.of(entry("one", 4), entry("two", 4), entry("three", 4))));
        awaitListed(3);
    }

    @Test
    void leases_of_a_worker_that_is_off_the_list_when_the_broker_starts_are_taken_away() throws IOException {
        ScriptedNode two = ScriptedNode.register(broker, "two");
        String jobId = broker.submit("x");
        two.claimOne();
        broker.close();
        list("one");
        open();
        ScriptedNode one = ScriptedNode.register(broker, "one");
        Job again = one.claimOne();
        assertThat(again.id()).isEqualTo(jobId);
        assertThat(again.attempt()).isEqualTo(2);
    }

    @Test
    void a_bad_list_at_the_start_names_its_entry_and_field() throws IOException {
        String key = ScriptedNode.key("one");
        Map<String, String> faults = Map.of(
                "{}",
                "brackets",
                "[7]",
                "workers[0]",
                "[{\"endpoint\": \"http://a:1\"}]",
                "workers[0].worker_id",
                "[{\"worker_id\": \"J7X8==\"}]",
                "workers[0].worker_id",
                "[{\"worker_id\": \"%s\"}, {\"worker_id\": \"%s\"}]".formatted(key, key),
                "workers[1].worker_id",
                "[{\"worker_id\": \"%s\", \"max_concurrent_jobs\": 0}]".formatted(key),
                "workers[0].max_concurrent_jobs",
                "[{\"worker_id\": \"%s\", \"max_concurrent_jobs\": \"4\"}]".formatted(key),
                "workers[0].max_concurrent_jobs",
                "[{\"worker_id\": \"%s\", \"endpoint\": \"somewhere\"}]".formatted(key),
                "workers[0].endpoint",
                "[{\"worker_id\": \"%s\", \"max_jobs\": 4}]".formatted(key),
                "workers[0].max_jobs",
                "[",
                "not JSON");
        broker.close();
        for (Map.Entry<String, String> fault : faults.entrySet()) {
            write(fault.getKey());
            assertThatThrownBy(this::open)
                    .as(fault.getKey())
                    .isInstanceOf(SettingException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining(fault.getValue());
        }
        Files.delete(file);
        assertThatThrownBy(this::open).hasMessageContaining("is not there");
        list("one");
        open();
    }

    @Test
    void in_an_open_pool_the_workers_are_whoever_registered() throws IOException {
        broker.close();
        broker = BrokerUnderTest.start(directory.resolve("open"));
        assertThat(pool().path("total_workers").asInt(-1)).isZero();
        ScriptedNode.register(broker, "stranger");
        JsonNode worker = pool().path("workers").path(0);
        assertThat(worker.path("worker_id").asText()).isEqualTo(ScriptedNode.key("stranger"));
        assertThat(worker.path("endpoint").isTextual()).isTrue();
        assertThat(worker.path("is_healthy").asBoolean()).isTrue();
        assertThat(worker.path("max_concurrent_jobs").asInt()).isEqualTo(4);
    }
}
