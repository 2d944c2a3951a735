package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Paths;
import io.sandrun.protocol.Role;
import io.sandrun.protocol.identity.ApiKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every route that there is, with every kind of caller: who passes and who does not is decided here once more. */
class RolesTest {
    private static final Path ROUTES = Path.of("src/main/java/io/sandrun/broker/http/Routes.java");
    private static final Pattern LINE = Pattern.compile("routes\\.(\\w+)\\((.*)\\);");
    private static final Pattern PART = Pattern.compile("Paths\\.(\\w+)|(ID)|(PATH)|\"([^\"]*)\"");
    private static final Set<String> REFUSALS = Set.of("key_required", "key_invalid", "key_ended", "role_refused");

    /** What takes another role than its kind suggests would be a hole: the lists are written out. */
    private static final Map<String, List<String>> DECIDED = Map.of(
            "OPEN",
            List.of("get /", "get /health", "get /ready", "get /openapi.json", "get /dashboard/<path>"),
            "JOB_READ",
            List.of(
                    "get /status/{id}",
                    "get /results/{id}",
                    "get /receipts/{id}",
                    "get /outputs/{id}",
                    "get /outputs/{id}/<path>",
                    "head /outputs/{id}/<path>",
                    "get /download/{id}",
                    "head /download/{id}",
                    "get /download/{id}/<path>",
                    "head /download/{id}/<path>",
                    "get /jobs/{id}",
                    "get /logs/{id}",
                    "get /logs/{id}/stream",
                    "ws /logs/{id}/stream",
                    "ws /stream/{id}",
                    "ws /ws/{id}"),
            "JOB_CANCEL",
            List.of("post /cancel/{id}", "delete /jobs/{id}", "post /jobs/{id}/rerun"),
            "READ",
            List.of(
                    "get /jobs",
                    "get /nodes",
                    "get /pool",
                    "get /environments",
                    "get /stats",
                    "get /metrics",
                    "get /events"),
            "SUBMIT",
            List.of("post /submit", "post /submit/batch", "post /run", "post /mcp", "delete /mcp"),
            "ADMIN",
            List.of(
                    "post /nodes/{id}/drain",
                    "post /nodes/{id}/undrain",
                    "post /nodes/{id}/forgive",
                    "post /keys",
                    "get /keys",
                    "post /keys/{id}/quota",
                    "delete /keys/{id}"),
            "NODE",
            List.of(
                    "post /register",
                    "post /session",
                    "post /heartbeat",
                    "post /claim",
                    "post /complete",
                    "post /complete/batch",
                    "post /logs",
                    "post /release",
                    "get /artifacts/{sha256}",
                    "put /artifacts/{sha256}",
                    "ws /nodes/{id}/presence"));

    @TempDir
    private static Path directory;

    private static BrokerUnderTest broker;
    private static final Map<Role, String> KEYS = new TreeMap<>();
    private static String revoked;

    private record Route(String verb, String path, String access) {
        @Override
        public String toString() {
            return verb + " " + path;
        }

        Role needed() {
            return switch (access) {
                case "JOB_READ" -> Role.READ;
                case "JOB_CANCEL" -> Role.SUBMIT;
                default -> Role.valueOf(access);
            };
        }

        String filled() {
            return path.replace("{id}", "x").replace("<path>", "x").replace("{sha256}", "a".repeat(64));
        }
    }

    @BeforeAll
    static void start() {
        broker = BrokerUnderTest.start(directory, settings -> settings.allowUnsignedNodes(false));
        String first = broker.key("admin");
        KEYS.put(Role.ADMIN, first);
        for (Role role : List.of(Role.READ, Role.SUBMIT, Role.NODE)) {
            KEYS.put(role, broker.as(first).key(role.wire()));
        }
        revoked = broker.as(first).key("admin");
        String id = ApiKey.parse(revoked).orElseThrow().id();
        BrokerUnderTest admin = broker.as(first);
        assertThat(admin.send(admin.request("/keys/" + id).DELETE()).text("state"))
                .isEqualTo("revoked");
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** Read from the page of routes itself, so that one more is one more here. */
    private static List<Route> routes() throws IOException {
        List<Route> routes = new ArrayList<>();
        for (String line : Files.readString(ROUTES).replaceAll("\n {16,}", " ").split("\n", -1)) {
            Matcher call = LINE.matcher(line.strip());
            if (call.matches() && !call.group(1).equals("wsBeforeUpgrade")) {
                String arguments = call.group(2);
                String access = arguments.substring(arguments.lastIndexOf(", ") + 2);
                routes.add(new Route(call.group(1), path(arguments.split(",", 2)[0]), access));
            }
        }
        return routes;
    }

    private static String path(String expression) {
        StringBuilder path = new StringBuilder();
        Matcher part = PART.matcher(expression);
        while (part.find()) {
            path.append(
                    part.group(1) != null
                            ? constant(part.group(1))
                            : part.group(2) != null ? "/{id}" : part.group(3) != null ? "/<path>" : part.group(4));
        }
        return path.toString();
    }

    private static String constant(String name) {
        try {
            return (String) Paths.class.getField(name).get(null);
        } catch (ReflectiveOperationException unknown) {
            throw new LinkageError("Routes names the path " + name, unknown);
        }
    }

    @Test
    void each_route_has_the_role_that_was_decided_and_none_is_undecided() throws IOException {
        Map<String, List<String>> found = new TreeMap<>();
        for (Route route : routes()) {
            found.computeIfAbsent(route.access, access -> new ArrayList<>()).add(route.toString());
        }
        assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(DECIDED.keySet());
        found.forEach((access, paths) ->
                assertThat(paths).as(access).containsExactlyInAnyOrderElementsOf(DECIDED.get(access)));
    }

    @Test
    void each_route_lets_in_its_roles_and_nobody_else() throws IOException {
        for (Route route : routes()) {
            if (route.access.equals("OPEN")) {
                assertThat(code(route, null)).as(route.toString()).isNotIn(REFUSALS);
                continue;
            }
            Role needed = route.needed();
            expect(route, null, "key_required");
            expect(route, ApiKey.generate(new SecureRandom()).text(), "key_invalid");
            expect(route, "sandrun_", "key_invalid");
            expect(route, revoked, "key_ended");
            KEYS.forEach((role, key) -> {
                if (role.includes(needed)) {
                    assertThat(code(route, key)).as(route + " with " + role).isNotIn(REFUSALS);
                } else {
                    expect(route, key, "role_refused");
                }
            });
        }
    }

    private static void expect(Route route, @Nullable String key, String code) {
        assertThat(code(route, key)).as(route + " with " + key).isEqualTo(code);
    }

    /** The code of the refusal, or {@code ""}. */
    private static String code(Route route, @Nullable String key) {
        return route.verb.equals("ws") ? codeOfHandshake(route, key) : codeOfRequest(route, key);
    }

    private static String codeOfRequest(Route route, @Nullable String key) {
        BrokerUnderTest caller = key == null ? broker : broker.as(key);
        if (route.path.equals(Paths.EVENTS)) {
            return codeOfStream(caller);
        }
        boolean hasBody = route.verb.equals("post") || route.verb.equals("put");
        // A body that is not JSON: whoever reads it before looking who sends it would complain of it.
        Reply reply = caller.send(caller.request(route.filled())
                .method(
                        route.verb.toUpperCase(Locale.ROOT),
                        hasBody ? BodyPublishers.ofString("nonsense") : BodyPublishers.noBody()));
        if (route.verb.equals("head")) {
            return codeOfHead(reply);
        }
        String code = reply.text("code");
        assertThat(reply.status()).as(route.toString()).isLessThan(500);
        if (code.startsWith("key_")) {
            assertThat(reply.status()).isEqualTo(401);
            assertThat(reply.raw().headers().firstValue("WWW-Authenticate").orElse(""))
                    .contains("Bearer");
        }
        if (code.equals("role_refused")) {
            assertThat(reply.status()).isEqualTo(403);
        }
        return code;
    }

    /** What is let in here has no end. */
    private static String codeOfStream(BrokerUnderTest caller) {
        HttpResponse<InputStream> response = BrokerUnderTest.answer(HttpClient.newHttpClient()
                .sendAsync(caller.request(Paths.EVENTS).build(), BodyHandlers.ofInputStream()));
        try (InputStream body = response.body()) {
            return response.statusCode() == 200
                    ? ""
                    : Json.MAPPER.readTree(body.readAllBytes()).path("code").asText();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Headers have no code: told by what GET answers under the same key. */
    private static String codeOfHead(Reply reply) {
        return switch (reply.status()) {
            case 401, 403 -> {
                String asked = reply.raw()
                        .request()
                        .headers()
                        .firstValue(ApiKey.HEADER)
                        .orElse("");
                BrokerUnderTest caller = asked.isEmpty() ? broker : broker.as(asked);
                yield caller.get(reply.raw().request().uri().getPath()).text("code");
            }
            default -> "";
        };
    }

    /** By hand: a client of WebSockets does not tell what a refusal says. */
    private static String codeOfHandshake(Route route, @Nullable String key) {
        String[] headers = key == null ? new String[0] : new String[] {ApiKey.HEADER + ": " + key};
        try {
            RawHttp answer = RawHttp.upgrade(broker.port(), route.filled(), headers);
            return answer.status() == 101
                    ? ""
                    : Json.read(answer.body(), JsonNode.class).path("code").asText();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
