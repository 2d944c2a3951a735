package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients, told apart by their address, take turns. All of 127.0.0.0/8 is this machine, so a test has many of them. */
class FairShareTest {
    private static final int MANY = 300;

    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory);
    }

    /** Submits from an address of one's own choice. */
    private List<String> submit(int client, int jobs, Map<String, ?> job) throws IOException {
        List<String> ids = new ArrayList<>();
        for (int count = 0; count < jobs; count++) {
            RawHttp answer = RawHttp.postFrom("127.0.1." + client, broker.port(), "/submit", Json.write(job));
            assertThat(answer.status()).isEqualTo(200);
            ids.add(Json.read(answer.body(), JsonNode.class).path("job_id").asText());
        }
        return ids;
    }

    private List<String> submit(int client, int jobs) throws IOException {
        return submit(client, jobs, Map.of("code", "x"));
    }

    private static List<String> claim(ScriptedNode node, int jobs) {
        return node.claim(jobs, 0).stream().map(Job::id).toList();
    }

    private static List<String> only(List<String> claimed, List<String> ofClient) {
        return claimed.stream().filter(ofClient::contains).toList();
    }

    @Test
    void ten_jobs_of_a_second_client_are_among_the_next_twenty_claimed() throws IOException {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        List<String> many = submit(1, MANY);
        assertThat(claim(node, 100)).isEqualTo(many.subList(0, 100));
        List<String> few = submit(2, 10);
        List<String> next = claim(node, 20);
        assertThat(only(next, few)).isEqualTo(few);
        assertThat(only(next, many)).isEqualTo(many.subList(100, 110));
        assertThat(claim(node, 10)).isEqualTo(many.subList(110, 120));
    }

    @Test
    void clients_take_turns_from_the_moment_the_later_one_comes() throws IOException {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        List<String> first = submit(1, 20);
        claim(node, 5);
        List<String> second = submit(2, 10);
        claim(node, 4);
        List<String> third = submit(3, 10);
        List<String> next = claim(node, 9);
        assertThat(only(next, first)).hasSize(3);
        assertThat(only(next, second)).hasSize(3);
        assertThat(only(next, third)).isEqualTo(third.subList(0, 3));
    }

    @Test
    void a_client_who_asks_for_something_else_takes_turns_too() throws IOException {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        List<String> many = submit(1, 60);
        claim(node, 30);
        List<String> other = submit(2, 10, Map.of("code", "x", "memory_mb", 100));
        List<String> next = claim(node, 20);
        assertThat(only(next, other)).isEqualTo(other);
        assertThat(only(next, many)).isEqualTo(many.subList(30, 40));
    }

    @Test
    void a_job_that_no_node_can_serve_gives_newcomers_no_head_start() throws IOException {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        submit(3, 1, Map.of("code", "x", "interpreter", "ruby"));
        List<String> many = submit(1, 60);
        claim(node, 30);
        List<String> burst = submit(2, 30, Map.of("code", "x", "memory_mb", 100));
        List<String> next = claim(node, 20);
        assertThat(only(next, many)).hasSizeBetween(9, 11);
        assertThat(only(next, burst)).hasSizeBetween(9, 11);
    }

    @Test
    void a_client_who_cancelled_a_long_line_starts_anew() throws IOException {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        List<String> many = submit(1, 50);
        List<String> others = submit(2, 50);
        many.forEach(id -> broker.post("/cancel/" + id, ""));
        List<String> again = submit(1, 1);
        assertThat(claim(node, 2)).containsExactlyInAnyOrder(others.get(0), again.get(0));
    }

    @Test
    void the_line_outlives_a_restart_of_the_broker() throws IOException {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        List<String> many = submit(1, 50);
        claim(node, 20);
        broker.close();
        broker = BrokerUnderTest.start(directory);
        List<String> few = submit(2, 5);
        List<String> next = claim(ScriptedNode.register(broker, "two"), 10);
        assertThat(only(next, few)).isEqualTo(few);
        assertThat(only(next, many)).isEqualTo(many.subList(20, 25));
    }

    @Test
    void jobs_whose_time_has_come_join_the_line_like_new_ones() throws IOException {
        SettableClock clock = new SettableClock();
        broker.close();
        broker = BrokerUnderTest.start(directory, settings -> settings, clock);
        double later = clock.millis() / 1000.0 + 60;
        List<String> delayed = submit(1, 30, Map.of("code", "x", "not_before", later));
        List<String> many = submit(2, 30);
        assertThat(claim(ScriptedNode.register(broker, "one"), 15)).isEqualTo(many.subList(0, 15));
        broker.close();
        clock.advance(Duration.ofSeconds(61));
        broker = BrokerUnderTest.start(directory, settings -> settings, clock);
        List<String> next = claim(ScriptedNode.register(broker, "two"), 10);
        assertThat(only(next, delayed)).isEqualTo(delayed.subList(0, 5));
        assertThat(only(next, many)).isEqualTo(many.subList(15, 20));
    }
}
