package io.sandrun.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HealthPortTest {
    private static final String HOST = "127.0.0.1";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private HealthPort health;

    @BeforeEach
    void open() throws IOException {
        health = HealthPort.open(
                HOST, 0, () -> new HealthPort.Health("healthy", "sandrun", "the-public-key", true, 2, 1));
    }

    @AfterEach
    void close() {
        health.close();
    }

    private HttpResponse<String> ask(String verb, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + HOST + ":" + health.port() + path))
                .timeout(PATIENCE)
                .method(verb, BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    @Test
    void it_says_that_the_node_is_there_and_who_it_is() throws Exception {
        HttpResponse<String> answer = ask("GET", "/health");
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode body = Json.MAPPER.readTree(answer.body());
        assertThat(body.path("status").asText()).isEqualTo("healthy");
        assertThat(body.path("worker_id").asText()).isEqualTo("the-public-key");
        assertThat(body.path("active_jobs").asInt()).isEqualTo(1);
        assertThat(ask("GET", "/health?x=y").statusCode()).isEqualTo(200);
        assertThat(ask("HEAD", "/health").body()).isEmpty();
    }

    @Test
    void it_answers_nothing_else() throws Exception {
        for (String path : List.of("/", "/submit", "/health/", "/healthy", "/status/pool-1")) {
            HttpResponse<String> answer = ask("GET", path);
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(Json.MAPPER.readTree(answer.body()).path("code").asText())
                    .isEqualTo("not_found");
        }
        HttpResponse<String> post = ask("POST", "/health");
        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
    }

    @Test
    void those_who_never_finish_their_request_do_not_keep_others_from_an_answer() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int count = 0; count < 30; count++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), health.port());
                socket.getOutputStream().write("GET /health HTT".getBytes(StandardCharsets.US_ASCII));
                slow.add(socket);
            }
            assertThat(ask("GET", "/health").statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void a_port_that_is_taken_is_named() {
        assertThatThrownBy(() -> HealthPort.open(HOST, health.port(), () -> null))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(String.valueOf(health.port()))
                .hasMessageContaining("--port");
    }
}
