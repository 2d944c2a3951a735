package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.protocol.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Logs as server-sent events. A stream that keeps alive and tells nothing would be read for ever. */
@Timeout(60)
class LogEventsTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    private ScriptedNode node;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory);
        node = ScriptedNode.register(broker, "node");
    }

    private Job running() {
        broker.submit("x");
        return node.claimOne();
    }

    /** @param name of the event, {@code ""} for an ordinary one */
    private record Event(String id, String name, JsonNode data) {}

    private BufferedReader open(Job job, String query, String... headers) {
        var request = broker.request("/logs/" + job.id() + "/stream" + query).header("Accept", "text/event-stream");
        for (int index = 0; index < headers.length; index += 2) {
            request.header(headers[index], headers[index + 1]);
        }
        HttpResponse<InputStream> response = answer(CLIENT.sendAsync(request.build(), BodyHandlers.ofInputStream()));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** Null at the end of the stream. */
    private static @Nullable Event next(BufferedReader events) throws IOException {
        String id = "";
        String name = "";
        for (String line = events.readLine(); line != null; line = events.readLine()) {
            if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("data: ")) {
                assertThat(events.readLine()).isEmpty();
                return new Event(id, name, Json.read(line.substring(6), JsonNode.class));
            }
        }
        return null;
    }

    private static Event required(BufferedReader events) throws IOException {
        Event event = next(events);
        if (event == null) {
            throw new AssertionError("the stream has ended");
        }
        return event;
    }

    @Test
    void events_come_as_the_job_prints_and_the_last_tells_the_outcome() throws Exception {
        Job job = running();
        BufferedReader events = open(job, "");
        node.appendLog(job, 0, "out:one\r\ntwo\n\n");
        Event first = required(events);
        assertThat(first.id()).isEqualTo("1.10");
        assertThat(first.name()).isEmpty();
        assertThat(first.data().path("text").asText()).isEqualTo("one\r\ntwo\n\n");
        node.appendLog(job, 10, "err:é");
        Event second = required(events);
        assertThat(second.id()).isEqualTo("1.12");
        assertThat(second.data().path("stream").asText()).isEqualTo("stderr");
        node.completeWithLog(job, "exit_nonzero", 12);
        Event end = required(events);
        assertThat(end.name()).isEqualTo("end");
        assertThat(end.data().path("state").asText()).isEqualTo("failed");
        assertThat(end.data().path("code").asText()).isEqualTo("exit_nonzero");
        assertThat(next(events)).isNull();
    }

    @Test
    void who_comes_back_with_the_last_event_misses_nothing() throws Exception {
        Job job = running();
        node.appendLog(job, 0, "out:abc", "err:def");
        BufferedReader again = open(job, "", "Last-Event-ID", "1.3");
        assertThat(required(again).data().path("text").asText()).isEqualTo("def");
        BufferedReader one = open(job, "?stream=stdout", "Last-Event-ID", "2");
        assertThat(required(one).data().path("text").asText()).isEqualTo("c");
        node.release(false, job);
        Job second = node.claimOne();
        node.appendLog(second, 0, "out:xyz");
        Event later = required(again);
        assertThat(later.id()).isEqualTo("2.3");
        assertThat(later.data().path("attempt").asInt()).isEqualTo(2);
        BufferedReader behind = open(job, "", "Last-Event-ID", "1.6");
        assertThat(required(behind).data().path("text").asText()).isEqualTo("xyz");
    }

    @Test
    void open_streams_do_not_hold_the_stop_of_the_broker() throws Exception {
        Job job = running();
        BufferedReader events = open(job, "");
        node.appendLog(job, 0, "out:hello");
        required(events);
        long startNanos = System.nanoTime();
        broker.close();
        assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(Duration.ofSeconds(8));
        assertThat(next(events)).isNull();
    }

    @Test
    void one_who_goes_makes_room() throws Exception {
        Job job = running();
        BufferedReader events = open(job, "");
        events.close();
        node.appendLog(job, 0, "out:hello");
        node.completeWithLog(job, "ok", 5);
        BufferedReader other = open(job, "");
        assertThat(required(other).data().path("text").asText()).isEqualTo("hello");
        assertThat(required(other).name()).isEqualTo("end");
    }

    @Test
    void bad_questions_are_refused_before_the_stream_begins() {
        assertThat(broker.get("/logs/pool-none/stream").status()).isEqualTo(404);
        Job job = running();
        var request = broker.request("/logs/" + job.id() + "/stream").header("Last-Event-ID", "x.y");
        assertThat(broker.send(request.GET()).status()).isEqualTo(400);
    }
}
