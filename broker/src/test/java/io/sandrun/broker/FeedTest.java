package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.identity.ApiKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes on, as server-sent events. A stream that tells nothing that is looked for would be read for ever. */
@Timeout(60)
class FeedTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory, settings -> settings.verifySameAddress(true));
    }

    private static BufferedReader open(BrokerUnderTest caller) {
        HttpResponse<InputStream> response =
                answer(CLIENT.sendAsync(caller.request("/events").build(), BodyHandlers.ofInputStream()));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** The next event of that name that fits. */
    private static JsonNode next(BufferedReader events, String name, Predicate<JsonNode> fits) throws IOException {
        boolean isNamedSo = false;
        for (String line = events.readLine(); line != null; line = events.readLine()) {
            if (line.startsWith("event: ")) {
                isNamedSo = line.substring(7).equals(name);
            } else if (isNamedSo && line.startsWith("data: ")) {
                JsonNode data = Json.read(line.substring(6), JsonNode.class);
                if (fits.test(data)) {
                    return data;
                }
            }
        }
        throw new AssertionError("the stream has ended");
    }

    private static JsonNode change(BufferedReader events, String jobId, String state) throws IOException {
        Predicate<JsonNode> isIt = job -> job.path("job_id").asText().equals(jobId)
                && job.path("state").asText().equals(state);
        JsonNode told = next(events, "jobs", data -> find(data, isIt) != null);
        return Objects.requireNonNull(find(told, isIt));
    }

    private static @Nullable JsonNode find(JsonNode told, Predicate<JsonNode> isIt) {
        for (JsonNode job : told.path("jobs")) {
            if (isIt.test(job)) {
                return job;
            }
        }
        return null;
    }

    @Test
    void whoever_looks_on_hears_of_each_job_what_has_become_of_it() throws Exception {
        ScriptedNode node = ScriptedNode.register(broker, "node");
        BufferedReader events = open(broker);
        assertThat(next(events, "history", data -> true).path("samples").isArray())
                .isTrue();
        String jobId = broker.submit("1");
        change(events, jobId, "pending");
        Job job = node.claimOne();
        assertThat(change(events, jobId, "assigned").path("node_id").asText()).isEqualTo(node.id());
        node.report(job, "exit_nonzero", "", 3);
        assertThat(change(events, jobId, "failed").path("code").asText()).isEqualTo("exit_nonzero");
    }

    @Test
    void a_sample_counts_what_happened_since_the_one_before() throws Exception {
        ScriptedNode node = ScriptedNode.register(broker, "node");
        BufferedReader events = open(broker);
        broker.submit("1");
        broker.submit("2");
        node.report(node.claimOne(), "exit_nonzero", "", 3);
        JsonNode sample = next(events, "sample", data -> data.path("failed").asInt() == 1);
        assertThat(sample.path("pending").asInt()).isEqualTo(1);
        assertThat(sample.path("live_nodes").asInt()).isEqualTo(1);
        assertThat(sample.path("ended").asInt()).isEqualTo(1);
        assertThat(sample.path("total_p50_ms").isNumber()).isTrue();
        assertThat(sample.path("seconds").asDouble()).isPositive();
        assertThat(sample.path("running_by_node").path(node.id()).isNumber()).isTrue();
        JsonNode kept = next(open(broker), "history", data -> true).path("samples");
        assertThat(kept).anyMatch(one -> one.path("failed").asInt() == 1);
    }

    @Test
    void a_key_hears_of_its_own_jobs_and_of_no_others() throws Exception {
        BrokerUnderTest admin = broker.as(broker.key("admin"));
        BrokerUnderTest one = admin.as(admin.key("submit"));
        BrokerUnderTest other = admin.as(admin.key("submit"));
        BufferedReader events = open(one);
        next(events, "history", data -> true);
        String foreign = other.submit("1");
        String own = one.submit("2");
        JsonNode told = next(events, "jobs", data -> data.toString().contains(own));
        assertThat(told.toString()).doesNotContain(foreign);
        BufferedReader all = open(admin);
        next(all, "history", data -> true);
        other.post("/cancel/" + foreign, Map.of());
        assertThat(change(all, foreign, "cancelled").path("code").asText()).isEqualTo("cancelled");
    }

    @Test
    void of_a_verified_job_no_copy_is_told() throws Exception {
        List<ScriptedNode> nodes = ScriptedNode.registerAll(broker, "a", "b");
        BufferedReader events = open(broker);
        next(events, "history", data -> true);
        String jobId = broker.submit(Map.of("code", "1", "verify", Map.of("replicas", 2)));
        change(events, jobId, "pending");
        for (ScriptedNode node : nodes) {
            Job copy = node.claimOne();
            node.heartbeat(true, copy);
            node.complete(copy, "1\n");
        }
        Set<String> told = new HashSet<>();
        next(events, "jobs", data -> {
            told.addAll(data.findValuesAsText("job_id"));
            return data.findValuesAsText("state").contains("completed");
        });
        assertThat(told).containsExactly(jobId);
    }

    @Test
    void a_stream_ends_with_its_key() throws Exception {
        BrokerUnderTest admin = broker.as(broker.key("admin"));
        String text = admin.key("read");
        BufferedReader events = open(admin.as(text));
        next(events, "history", data -> true);
        String id = ApiKey.parse(text).orElseThrow().id();
        admin.send(admin.request("/keys/" + id).DELETE());
        assertThat(isCutOff(events)).isTrue();
    }

    private static boolean isCutOff(BufferedReader events) {
        try {
            while (events.readLine() != null) {
                // What was on its way.
            }
            return true;
        } catch (IOException cut) {
            return true;
        }
    }
}
