package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.broker.Broker;
import io.sandrun.broker.BrokerConfig;
import io.sandrun.node.NodeAgent;
import io.sandrun.node.NodeConfig;
import io.sandrun.node.policy.PauseFile;
import io.sandrun.node.policy.PauseFile.Pause;
import io.sandrun.node.policy.PolicyState;
import io.sandrun.node.policy.Surroundings;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.TypeConversionException;

/** A node does what its owner wants, before a real broker and with real jobs. */
class OwnersPolicyTest {
    private static final double PATIENCE_SECONDS = 60;

    @TempDir
    private Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private Broker broker;
    private @Nullable NodeAgent node;
    private BrokerClient client;

    @BeforeEach
    void startBroker() throws Exception {
        broker = Broker.start(
                BrokerConfig.builder(directory).port(0).maxRetries(0).build());
        client = new BrokerClient(broker.address(), null);
    }

    @AfterEach
    void stop() {
        if (node != null) {
            node.close();
        }
        broker.close();
    }

    private void startNode() throws Exception {
        Surroundings real = Surroundings.ofThisMachine();
        NodeAgent started = NodeAgent.start(
                NodeConfig.of(broker.address().withApiKey(broker.localNodeKey()), directory.resolve("node"), 1)
                        .withInterpreters(Set.of("python3", "bash"))
                        .withDrainTime(Duration.ZERO),
                new Surroundings(now::get, directory.resolve("no-power"), real.proc(), Duration.ofMillis(50)));
        node = started;
        assertThat(started.awaitRegistration(Duration.ofSeconds(30))).isTrue();
    }

    private void write(String policy) throws IOException {
        Path draft = Files.writeString(directory.resolve("draft"), policy);
        Files.move(
                draft,
                Files.createDirectories(directory.resolve("node")).resolve("policy.json"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** As the owner would type it, beside the node's process. */
    private int owner(String... command) throws Exception {
        String[] words = Arrays.copyOf(command, command.length + 1);
        words[command.length] = "--data=" + directory;
        return SandrunProcess.run(Map.of(), "", words).exitCode();
    }

    private PauseFile pauses() throws IOException {
        return new PauseFile(Files.createDirectories(directory.resolve("node")));
    }

    private String submit(String code) throws IOException {
        ObjectNode job = Json.MAPPER.createObjectNode().put("code", code).put("interpreter", "bash");
        return client.submit(job).path("job_id").asText();
    }

    private JsonNode shown() throws IOException {
        return client.nodes().path("nodes").path(0);
    }

    /** What is looked at again and again until it is so. */
    @FunctionalInterface
    private interface Look {
        boolean isSo() throws IOException;
    }

    private static void await(String what, Look look) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos((long) PATIENCE_SECONDS);
        while (!look.isSo()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            assertThat(new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    private void assertEnds(String jobId, String state) throws IOException {
        assertThat(client.status(jobId, PATIENCE_SECONDS).path("state").asText())
                .isEqualTo(state);
    }

    @Test
    void a_paused_node_takes_nothing_until_it_is_resumed() throws Exception {
        startNode();
        assertThat(owner("pause", "--for=2h")).isZero();
        await("closed", () -> shown().path("state").asText().equals("closed"));
        assertThat(shown().path("capabilities")
                        .path("owner_terms")
                        .path("closed")
                        .path("reason")
                        .asText())
                .isEqualTo("paused by its owner");
        await("no claim waits", () -> shown().path("waiting_claims").asInt() == 0);
        String job = submit("echo hello");
        assertThat(client.status(job, 0).path("pending_reason").asText())
                .startsWith("Of the nodes that could run it, 1 is paused by its owner; one may take work again at ");

        assertThat(owner("resume")).isZero();
        assertEnds(job, "completed");
        assertThat(shown().path("state").asText()).isEqualTo("active");
    }

    @Test
    void a_pause_outlives_the_nodes_process() throws Exception {
        pauses().pause(new Pause(null, false));
        startNode();
        assertThat(shown().path("state").asText()).isEqualTo("closed");
        assertThat(pauses().resume()).isTrue();
        assertEnds(submit("echo hello"), "completed");
    }

    @Test
    void what_runs_is_given_back_at_once_if_the_owner_wants_that_and_costs_no_retry() throws Exception {
        startNode();
        String job = submit("sleep 600");
        await("running", () -> client.status(job, 0).path("state").asText().equals("running"));
        pauses().pause(new Pause(null, true));
        await("given back", () -> client.status(job, 0).path("state").asText().equals("pending"));
        assertThat(client.status(job, 0).path("reason").asText()).isEqualTo("Its node gave it back.");
        await("stopped", () -> shown().path("state").asText().equals("closed"));

        assertThat(pauses().resume()).isTrue();
        await(
                "running again",
                () -> client.status(job, 0).path("state").asText().equals("running"));
        client.cancel(job);
        assertEnds(job, "cancelled");
    }

    @Test
    void outside_its_hours_a_node_ends_what_it_has_and_takes_no_more() throws Exception {
        now.set(Instant.parse("2026-11-26T12:00:00Z"));
        write("{\"hours\": [\"18:00-20:00\"], \"time_zone\": \"UTC\"}");
        startNode();
        String job = submit("sleep 1; echo done");
        assertThat(client.status(job, 0).path("pending_reason").asText())
                .isEqualTo("Of the nodes that could run it, 1 is outside its hours; one may take work again at"
                        + " 2026-11-26 18:00 UTC.");
        now.set(Instant.parse("2026-11-26T18:00:00Z"));
        await("running", () -> client.status(job, 0).path("state").asText().equals("running"));
        now.set(Instant.parse("2026-11-26T20:00:00Z"));
        assertEnds(job, "completed");
        await("closed", () -> shown().path("state").asText().equals("closed"));
        String next = submit("echo next");
        assertThat(client.status(next, 0).path("state").asText()).isEqualTo("pending");
    }

    @Test
    void what_a_node_offers_shrinks_and_grows_with_its_policy() throws Exception {
        startNode();
        assertThat(shown().path("capabilities").path("interpreters").toString()).contains("python3", "bash");
        write("{\"interpreters\": [\"bash\"], \"environments\": [], \"memory_mb\": 800}");
        await("shrunk", () -> shown().path("capabilities").path("interpreters").size() == 1);
        JsonNode offered = shown().path("capabilities");
        assertThat(offered.path("interpreters").toString()).isEqualTo("[\"bash\"]");
        assertThat(offered.path("memory_mb").asInt()).isEqualTo(800);
        assertThat(offered.path("owner_terms").path("memory_mb").asInt()).isEqualTo(800);

        write("{\"interpreters\": \"all\"}");
        PolicyState state = new PolicyState(directory.resolve("node"));
        await("noticed", () -> !state.read().orElseThrow().fault().isEmpty());
        assertEnds(submit("echo still"), "completed");
        assertThat(shown().path("capabilities"))
                .as("a policy that cannot be read allows no more")
                .isEqualTo(offered);
        assertThat(owner("policy")).as("and says so").isEqualTo(Sandrun.EXIT_FAILURE);
        write("{}");
        await("grown", () -> shown().path("capabilities").path("interpreters").size() == 2);
        assertThat(owner("policy", "--json")).isZero();
    }

    @Test
    void without_knowing_what_is_allowed_no_node_begins() throws Exception {
        Path wrong = Files.writeString(directory.resolve("wrong.json"), "{\"hours\": [\"nights\"]}");
        SandrunProcess.Ended ended = SandrunProcess.run(
                Map.of(), "", "node", "--url=" + broker.url(), "--policy=" + wrong, "--data=" + directory);
        assertThat(ended.exitCode()).isEqualTo(Sandrun.EXIT_POLICY);
        assertThat(ended.errors())
                .contains(wrong + ": the field \"hours[0]\" must be days, hours or both, such as")
                .doesNotContain("Exception");
        assertThat(owner("policy", "--check=" + wrong)).isEqualTo(Sandrun.EXIT_POLICY);
        assertThat(owner("policy", "--check=" + Files.writeString(directory.resolve("good.json"), "{}")))
                .isZero();
    }

    @Test
    void times_that_are_none_are_refused() {
        TimeSpan reader = new TimeSpan();
        assertThat(reader.convert("1d12h30m5s")).isEqualTo(Duration.parse("P1DT12H30M5S"));
        for (String time : new String[] {"", "2", "2 h", "-1h", "0s", "400d", "h"}) {
            assertThatThrownBy(() -> reader.convert(time))
                    .as(time)
                    .isInstanceOf(TypeConversionException.class)
                    .hasMessageContaining("is no time such as");
        }
    }

    @Test
    void where_there_never_was_a_node_nothing_is_paused() throws Exception {
        assertThat(owner("pause", "--for=2h")).isEqualTo(Sandrun.EXIT_USAGE);
    }
}
