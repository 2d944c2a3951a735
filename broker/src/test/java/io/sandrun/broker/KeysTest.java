package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.KeyClient.Wish;
import io.sandrun.protocol.Role;
import io.sandrun.protocol.identity.ApiKey;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** API keys over real HTTP: how they come, what they open, and that their end is the end of what goes on under them. */
class KeysTest {
    @TempDir
    private Path directory;

    private final SettableClock clock = new SettableClock();

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory, settings -> settings, clock);
        clock.advance(Duration.ofSeconds(1));
    }

    private static String id(String key) {
        return ApiKey.parse(key).orElseThrow().id();
    }

    private static Reply revoke(BrokerUnderTest admin, String key) {
        return admin.send(admin.request("/keys/" + id(key)).DELETE());
    }

    private static void refused(Reply reply, int status, String code) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
        assertThat(reply.text("code")).as(reply.toString()).isEqualTo(code);
        assertThat(reply.text("error")).matches(".*[.?)]");
    }

    @Test
    void without_keys_what_a_proxy_on_this_machine_passes_on_is_not_served() {
        Map<String, String> marks = Map.of(
                "X-Forwarded-For", "203.0.113.9", "Forwarded", "for=127.0.0.1", "X-Real-IP", "", "Via", "1.1 proxy");
        marks.forEach((name, value) -> {
            refused(broker.send(broker.request("/jobs").header(name, value).GET()), 401, "key_required");
            refused(broker.send(broker.request("/keys").header(name, value).GET()), 401, "key_required");
        });
        String admin = broker.key("admin");
        BrokerUnderTest keyed = broker.as(admin);
        Reply passedOn = keyed.send(keyed.request("/keys").header("X-Forwarded-For", "203.0.113.9"));
        assertThat(passedOn.status()).isEqualTo(200);
    }

    @Test
    void without_keys_everything_goes_on_as_before_and_with_the_first_one_nothing_does() {
        assertThat(broker.post("/submit", Map.of("code", "x")).status()).isEqualTo(200);
        String admin = broker.key("admin");
        refused(broker.post("/submit", Map.of("code", "x")), 401, "key_required");
        refused(broker.get("/jobs"), 401, "key_required");
        refused(broker.post("/keys", Map.of("role", "admin")), 401, "key_required");
        assertThat(broker.get("/health").status()).isEqualTo(200);
        assertThat(broker.get("/").status()).isEqualTo(200);
        assertThat(broker.as(admin).post("/submit", Map.of("code", "x")).status())
                .isEqualTo(200);
    }

    @Test
    void a_key_is_told_once_and_kept_as_a_hash_only() throws IOException {
        Reply made = broker.post("/keys", Map.of("role", "submit", "name", "laptop"));
        String key = made.text("key");
        assertThat(key).matches("sandrun_[0-9a-f]{12}_[0-9a-f]{64}");
        assertThat(made.raw().headers().firstValue("Cache-Control")).contains("no-store");
        String secret = key.substring(key.length() - 64);
        String admin = adminMadeOffline();
        JsonNode listed = broker.as(admin).get("/keys").body();
        assertThat(listed.toString()).contains("laptop").doesNotContain(secret);
        broker.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(secret);
            }
        }
    }

    /** The only way in for whoever has no key of role admin. */
    private String adminMadeOffline() throws IOException {
        broker.close();
        String key;
        try (OfflineKeys keys = OfflineKeys.open(directory)) {
            key = keys.create(new Wish(Role.ADMIN, "first", null, null, Map.of()))
                    .path("key")
                    .asText();
        }
        broker = BrokerUnderTest.start(directory, settings -> settings, clock);
        return key;
    }

    @Test
    void while_a_broker_runs_its_data_is_nobody_elses() {
        assertThatThrownBy(() -> OfflineKeys.open(directory)).isInstanceOf(DataDirectoryInUseException.class);
    }

    @Test
    void a_revoked_key_stays_refused_after_a_restart_and_nothing_is_open_again() throws IOException {
        String admin = broker.key("admin");
        assertThat(revoke(broker.as(admin), admin).text("state")).isEqualTo("revoked");
        refused(broker.as(admin).get("/jobs"), 401, "key_ended");
        broker.close();
        broker = BrokerUnderTest.start(directory, settings -> settings, clock);
        refused(broker.as(admin).get("/jobs"), 401, "key_ended");
        refused(broker.get("/jobs"), 401, "key_required");
        String next = adminMadeOffline();
        assertThat(broker.as(next).get("/keys").body().path("keys")).hasSize(2);
        refused(
                revoke(
                        broker.as(next),
                        ApiKey.generate(new java.security.SecureRandom()).text()),
                404,
                "unknown_key");
    }

    @Test
    void a_key_ends_when_its_days_are_over() {
        String admin = broker.key("admin");
        Reply made = broker.as(admin).post("/keys", Map.of("role", "read", "expires_days", 2));
        clock.advance(Duration.ofHours(47));
        assertThat(broker.as(made.text("key")).get("/jobs").status()).isEqualTo(200);
        clock.advance(Duration.ofHours(2));
        refused(broker.as(made.text("key")).get("/jobs"), 401, "key_ended");
        assertThat(broker.as(admin).get("/keys").body().toString()).contains("expired");
    }

    @Test
    void a_key_may_come_as_bearer_or_header_and_two_different_ones_are_refused() {
        String admin = broker.key("admin");
        String other = broker.as(admin).key("admin");
        assertThat(bearer(broker, admin).status()).isEqualTo(200);
        assertThat(bearer(broker.as(admin), admin).status()).isEqualTo(200);
        refused(bearer(broker.as(other), admin), 401, "key_invalid");
        refused(bearer(broker, "nonsense"), 401, "key_invalid");
        refused(broker.send(broker.request("/jobs").header("Authorization", "Basic eDp5")), 401, "key_required");
    }

    private static Reply bearer(BrokerUnderTest caller, String key) {
        return caller.send(caller.request("/jobs").header("Authorization", "Bearer " + key));
    }

    @Test
    void a_key_in_the_address_is_refused_and_not_repeated() {
        String admin = broker.key("admin");
        for (String path : new String[] {
            "/jobs?api_key=" + admin,
            "/jobs?key=" + admin,
            "/jobs?access_token=x",
            "/status/" + admin,
            "/no/such/path?" + admin.replace("_", "%5F"),
            "/logs/x/stream?x-api-key=" + admin
        }) {
            Reply reply = broker.as(admin).get(path);
            refused(reply, 400, "key_in_url");
            assertThat(reply.raw().body()).doesNotContain(admin.substring(30));
        }
    }

    @Test
    void wishes_that_make_no_sense_name_their_field() {
        for (Map<String, ?> wish : java.util.List.<Map<String, ?>>of(
                Map.of("role", "root"),
                Map.of("role", "read", "expires_days", 0),
                Map.of("role", "read", "expires_days", "soon"),
                Map.of("role", "submit", "for", "key-000000000000"))) {
            refused(broker.post("/keys", wish), 400, "invalid_field");
        }
        refused(broker.post("/keys", Map.of("role", "read", "for", "key-000000000000")), 404, "unknown_key");
        refused(broker.post("/keys", Map.of()), 400, "missing_field");
        refused(broker.post("/keys", Map.of("role", "read", "rolle", "x")), 400, "unknown_field");
        assertThat(broker.get("/keys").body().path("keys")).isEmpty();
    }

    @Test
    void a_parked_request_is_answered_as_soon_as_its_key_is_revoked() {
        BrokerUnderTest admin = broker.as(broker.key("admin"));
        String key = admin.key("submit");
        String job = broker.as(key).submit("x");
        CompletableFuture<Reply> status = broker.as(key).getLater("/status/" + job + "?wait=25");
        CompletableFuture<Reply> run = broker.as(key).postLater("/run?wait=25", Map.of("code", "y"));
        // A request that is answered while those wait shows that they were let in before.
        assertThat(broker.as(key).get("/status/" + job).status()).isEqualTo(200);
        assertThat(revoke(admin, key).status()).isEqualTo(200);
        refused(answer(status), 401, "key_ended");
        refused(answer(run), 401, "key_ended");
    }

    @Test
    void those_who_wait_without_a_key_are_sent_away_when_keys_come() {
        ScriptedNode node = ScriptedNode.register(broker, "node");
        CompletableFuture<Reply> run = broker.postLater("/run?wait=25", Map.of("code", "x"));
        // That its job is there shows that it was let in before.
        assertThat(node.claimOne().id()).isNotEmpty();
        broker.key("admin");
        refused(answer(run), 401, "key_ended");
    }

    @Test
    void watched_logs_end_with_their_key() throws Exception {
        BrokerUnderTest admin = broker.as(broker.key("admin"));
        String key = admin.key("submit");
        String job = broker.as(key).submit("x");
        LogWatcher watcher = LogWatcher.open(
                broker.url(), "/logs/" + job + "/stream", handshake -> handshake.header(ApiKey.HEADER, key));
        LogWatcher page = LogWatcher.open(
                broker.url(), "/logs/" + job + "/stream", handshake -> handshake.subprotocols("sandrun", key));
        var request = broker.as(key).request("/logs/" + job + "/stream").build();
        InputStream events = HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofInputStream())
                .body();
        assertThat(revoke(admin, key).status()).isEqualTo(200);
        assertThat(watcher.awaitClose()).isEqualTo(4001);
        assertThat(page.awaitClose()).isEqualTo(4001);
        assertThatThrownBy(events::readAllBytes).isInstanceOf(IOException.class);
    }

    @Test
    void a_node_works_under_a_key_and_goes_with_it() {
        BrokerUnderTest admin = broker.as(broker.key("admin"));
        String nodeKey = admin.key("node");
        refused(
                answer(ScriptedNode.signed(
                        broker,
                        ScriptedNode.keyOf("stranger"),
                        "/register",
                        Map.of("worker_id", ScriptedNode.key("stranger"), "name", "stranger"))),
                401,
                "key_required");
        ScriptedNode node = ScriptedNode.register(broker.as(nodeKey), "worker");
        String held = admin.submit("x");
        assertThat(node.claimOne().id()).isEqualTo(held);
        CompletableFuture<Reply> claim =
                node.postLater("/claim", Map.of("node_id", nodeId(admin), "slots", 1, "wait_seconds", 25));
        assertThat(admin.state(held)).isEqualTo("assigned");
        assertThat(revoke(admin, nodeKey).status()).isEqualTo(200);
        assertThat(answer(claim).status()).isIn(200, 401);
        refused(
                answer(node.postLater("/heartbeat", Map.of("node_id", nodeId(admin), "leases", java.util.List.of()))),
                401,
                "key_ended");
        assertThat(admin.get("/status/" + held + "?wait=1").text("state")).isEqualTo("pending");
        assertThat(admin.get("/nodes")
                        .body()
                        .path("nodes")
                        .path(0)
                        .path("state")
                        .asText())
                .isEqualTo("left");
        String later = admin.submit("y");
        ScriptedNode again = ScriptedNode.register(broker.as(admin.key("node")), "worker");
        assertThat(again.claimOne().id()).isIn(held, later);
    }

    private static String nodeId(BrokerUnderTest admin) {
        return admin.get("/nodes").body().path("nodes").path(0).path("id").asText();
    }

    @Test
    void with_allow_anonymous_those_without_a_key_submit_and_work_and_do_no_more(@TempDir Path other) {
        try (BrokerUnderTest open = BrokerUnderTest.start(other, settings -> settings.allowAnonymous(true))) {
            String admin = open.key("admin");
            assertThat(open.post("/submit", Map.of("code", "x")).status()).isEqualTo(200);
            ScriptedNode.register(open, "volunteer");
            refused(open.get("/keys"), 403, "role_refused");
            refused(open.post("/nodes/" + nodeId(open) + "/drain", Map.of()), 403, "role_refused");
            assertThat(open.as(admin).get("/keys").status()).isEqualTo(200);
        }
    }

    @Test
    void with_keys_a_broker_may_listen_beyond_loopback(@TempDir Path other) throws IOException {
        assertThatThrownBy(() -> BrokerUnderTest.start(other, settings -> settings.host("0.0.0.0")))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("sandrun key create");
        try (OfflineKeys keys = OfflineKeys.open(other)) {
            keys.create(new Wish(Role.ADMIN, "", null, null, Map.of()));
        }
        try (BrokerUnderTest open = BrokerUnderTest.start(other, settings -> settings.host("0.0.0.0"))) {
            assertThat(Json.write(open.get("/jobs").body())).contains("key_required");
        }
    }
}
