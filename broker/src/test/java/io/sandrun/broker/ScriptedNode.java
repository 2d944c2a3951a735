package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.node.NodeRequests;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.identity.NodeCredentials;
import io.sandrun.protocol.identity.NodeKey;
import io.sandrun.protocol.identity.RequestSignature;
import io.sandrun.protocol.identity.SignedResult;
import io.sandrun.protocol.log.LogBatch;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** A node that does what the test says, in plain HTTP calls. It has a key, and signs what such a node must sign. */
final class ScriptedNode {
    private static final Map<String, NodeKey> KEYS = new ConcurrentHashMap<>();

    private final BrokerUnderTest broker;
    private final String id;
    private final NodeKey key;
    private volatile String session;

    private ScriptedNode(BrokerUnderTest broker, String id, NodeKey key, String session) {
        this.broker = broker;
        this.id = id;
        this.key = key;
        this.session = session;
    }

    static ScriptedNode register(BrokerUnderTest broker, String name) {
        return register(broker, name, Map.of());
    }

    static ScriptedNode register(BrokerUnderTest broker, String name, Map<String, ?> capabilities) {
        return register(broker, name, capabilities, List.of());
    }

    static ScriptedNode register(
            BrokerUnderTest broker, String name, Map<String, ?> capabilities, List<String> leases) {
        Reply reply = answer(signed(
                broker,
                keyOf(name),
                "/register",
                Map.of("worker_id", key(name), "name", name, "capabilities", offered(capabilities), "leases", leases)));
        if (reply.status() != 200) {
            throw new AssertionError("register was answered " + reply);
        }
        return new ScriptedNode(broker, reply.text("node_id"), keyOf(name), session(reply.body()));
    }

    /** One of each name. */
    static List<ScriptedNode> registerAll(BrokerUnderTest broker, String... names) {
        return Arrays.stream(names).map(name -> register(broker, name)).toList();
    }

    /** One that registers from another address of this machine, 127.0.0.0/8. */
    static ScriptedNode registerFrom(BrokerUnderTest broker, String name, String address) throws IOException {
        String json = Json.write(Map.of("worker_id", key(name), "name", name, "capabilities", offered(Map.of())));
        RawHttp answer = RawHttp.postFrom(
                address,
                broker.port(),
                "/register",
                json,
                "Authorization: " + signature(broker, keyOf(name), "/register", json));
        JsonNode registered = Json.read(answer.body(), JsonNode.class);
        return new ScriptedNode(broker, registered.path("node_id").asText(), keyOf(name), session(registered));
    }

    /** Offers something else from now on, and has not stopped meanwhile: it names no leases and loses none. */
    Reply goOn(Map<String, ?> capabilities) {
        return answer(signed(
                broker,
                key,
                "/register",
                Map.of("worker_id", key.workerId(), "capabilities", offered(capabilities), "goes_on", true)));
    }

    private static Map<String, Object> offered(Map<String, ?> capabilities) {
        Map<String, Object> offered = new HashMap<>(
                Map.of("interpreters", List.of("python3", "bash"), "cpu_cores", 2, "memory_mb", 4096, "slots", 4));
        offered.putAll(capabilities);
        return offered;
    }

    /** The same node, which meanwhile finds its broker there. */
    ScriptedNode at(BrokerUnderTest place) {
        return new ScriptedNode(place, id, key, session);
    }

    /** The same key for the same name. */
    static NodeKey keyOf(String name) {
        return KEYS.computeIfAbsent(name, unknown -> NodeKey.generate());
    }

    /** Its public half. */
    static String key(String name) {
        return keyOf(name).workerId();
    }

    /** Sends a request with a signature of its own, by the broker's clock. */
    static CompletableFuture<Reply> signed(BrokerUnderTest broker, NodeKey key, String path, Object body) {
        String json = body instanceof String text ? text : Json.write(body);
        return broker.postLater(path, json, signature(broker, key, path, json));
    }

    private static String signature(BrokerUnderTest broker, NodeKey key, String path, String json) {
        // As late as it may be: a clock that stands still never gets past the broker's start.
        long timeMs = broker.clock().millis() + RequestSignature.AHEAD_MS_MAX;
        return RequestSignature.sign(key, "POST", path, json.getBytes(StandardCharsets.UTF_8), timeMs)
                .header();
    }

    private static String session(JsonNode body) {
        return NodeCredentials.SESSION_SCHEME + " "
                + body.path("session").path("token").asText();
    }

    /** The header {@code Authorization} of requests within its present session. */
    String session() {
        return session;
    }

    /** Sends a request within the session of this node, and again within another if it is over. */
    CompletableFuture<Reply> postLater(String path, Object body) {
        return broker.postLater(path, body, session).thenCompose(reply -> {
            if (!reply.text("code").equals("session_expired")) {
                return CompletableFuture.completedFuture(reply);
            }
            return signed(broker, key, "/session", Map.of("node_id", id)).thenCompose(renewed -> {
                session = session(renewed.body());
                return broker.postLater(path, body, session);
            });
        });
    }

    /** Sends a request with another body than JSON, or with none, within the session of this node. */
    Reply send(String path, UnaryOperator<HttpRequest.Builder> request) {
        return broker.send(request.apply(broker.request(path).header("Authorization", session)));
    }

    Reply post(String path, Object body) {
        return answer(postLater(path, body));
    }

    /** The same report with this node's signature; one that cannot be read stays as it is. */
    Object vouched(Object report) {
        try {
            byte[] json = report instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : Json.bytes(report);
            Complete said = NodeRequests.complete(id, JsonFields.parse(json));
            ObjectNode signed = (ObjectNode) Json.MAPPER.readTree(json);
            return signed.put("signature", SignedResult.of(said).sign(key));
        } catch (Refusal | IOException unreadable) {
            return report;
        }
    }

    /** Sends a report as it is, but for the signature. */
    Reply report(Object report) {
        return post("/complete", vouched(report));
    }

    String id() {
        return id;
    }

    /** What a claim handed out. */
    record Job(String id, String leaseId, int attempt, JsonNode body) {}

    CompletableFuture<List<Job>> claimLater(int slots, double waitSeconds) {
        return postLater("/claim", Map.of("node_id", id, "slots", slots, "wait_seconds", waitSeconds))
                .thenApply(reply -> {
                    if (reply.status() != 200) {
                        throw new AssertionError("claim was answered " + reply);
                    }
                    List<Job> jobs = new ArrayList<>();
                    reply.body()
                            .path("jobs")
                            .forEach(job -> jobs.add(new Job(
                                    job.path("id").asText(),
                                    job.path("lease_id").asText(),
                                    job.path("attempt").asInt(),
                                    job)));
                    return jobs;
                });
    }

    /** A claim that waits at the broker when this returns: one for which there is no job as yet. */
    CompletableFuture<List<Job>> claimParked(int slots, double waitSeconds) {
        int before = waitingClaims();
        CompletableFuture<List<Job>> claim = claimLater(slots, waitSeconds);
        BrokerUnderTest.await(() -> waitingClaims() > before);
        return claim;
    }

    /** How many of its claims wait at the broker. */
    int waitingClaims() {
        return broker.node(id).path("waiting_claims").asInt();
    }

    List<Job> claim(int slots, double waitSeconds) {
        return answer(claimLater(slots, waitSeconds));
    }

    /** Claims one job, which must be there or come soon. */
    Job claimOne() {
        List<Job> jobs = claim(1, 10);
        if (jobs.size() != 1) {
            throw new AssertionError("claimed " + jobs);
        }
        return jobs.get(0);
    }

    Reply heartbeat(boolean started, Job... jobs) {
        return answer(heartbeatLater(0, started, jobs));
    }

    /** One that is answered when there is news, or after that time. */
    CompletableFuture<Reply> heartbeatLater(double waitSeconds, boolean started, Job... jobs) {
        return postLater(
                "/heartbeat",
                Map.of(
                        "node_id",
                        id,
                        "wait_seconds",
                        waitSeconds,
                        "leases",
                        Arrays.stream(jobs)
                                .map(job -> Map.of("lease_id", job.leaseId(), "started", started))
                                .toList()));
    }

    Reply complete(Job job, String output) {
        return report(job, "ok", output, 0);
    }

    Reply report(Job job, String code, String output, int exitCode) {
        return answer(reportLater(job, code, output, exitCode));
    }

    CompletableFuture<Reply> reportLater(Job job, String code, String output, int exitCode) {
        Map<String, Object> attempt = Map.of(
                "code",
                code,
                "reason",
                "ok".equals(code) ? "" : "It ended as " + code + ".",
                "output_bytes",
                output.length(),
                "error_bytes",
                0,
                "usage",
                Map.of("cpu_seconds", 0.02, "memory_peak_bytes", 1048576, "wall_time_ms", 30));
        return postLater(
                "/complete",
                vouched(Map.of(
                        "node_id", id,
                        "job_id", job.id(),
                        "output", output,
                        "error", "",
                        "exit_code", exitCode,
                        "lease_id", job.leaseId(),
                        "attempt", attempt)));
    }

    /** Sends pieces of the job's log, each {@code stream:text} at the time 0, from an offset on. */
    Reply appendLog(Job job, long offset, String... pieces) {
        return appendLog(job, offset, LogPieces.of(pieces));
    }

    Reply appendLog(Job job, long offset, byte[] frames) {
        byte[] body = new LogBatch(List.of(new LogBatch.Part(job.id(), job.leaseId(), offset, frames))).bytes();
        return broker.send(broker.request("/logs?node_id=" + id)
                .header("Authorization", session)
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofByteArray(body)));
    }

    /** Reports a job whose log was sent. */
    Reply completeWithLog(Job job, String code, long logBytes) {
        Map<String, Object> attempt = Map.of("code", code, "log", Map.of("bytes", logBytes, "sent", true));
        return completeWith(job, "", "", attempt);
    }

    Reply completeWith(Job job, String output, String error, Map<String, Object> attempt) {
        return report(Map.of(
                "node_id", id,
                "job_id", job.id(),
                "output", output,
                "error", error,
                "exit_code", 0,
                "lease_id", job.leaseId(),
                "attempt", attempt));
    }

    Reply release(boolean leaving, Job... jobs) {
        return post(
                "/release",
                Map.of(
                        "node_id",
                        id,
                        "leases",
                        Arrays.stream(jobs).map(Job::leaseId).toList(),
                        "leaving",
                        leaving));
    }
}
