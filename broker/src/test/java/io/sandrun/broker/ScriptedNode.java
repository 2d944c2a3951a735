package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.protocol.log.LogBatch;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A node that does what the test says, in plain HTTP calls. */
final class ScriptedNode {
    private final BrokerUnderTest broker;
    private final String id;

    private ScriptedNode(BrokerUnderTest broker, String id) {
        this.broker = broker;
        this.id = id;
    }

    static ScriptedNode register(BrokerUnderTest broker, String name) {
        return register(broker, name, Map.of());
    }

    static ScriptedNode register(BrokerUnderTest broker, String name, Map<String, ?> capabilities) {
        return register(broker, name, capabilities, List.of());
    }

    static ScriptedNode register(
            BrokerUnderTest broker, String name, Map<String, ?> capabilities, List<String> leases) {
        Map<String, Object> offered = new HashMap<>(
                Map.of("interpreters", List.of("python3", "bash"), "cpu_cores", 2, "memory_mb", 4096, "slots", 4));
        offered.putAll(capabilities);
        Reply reply = broker.post(
                "/register", Map.of("worker_id", key(name), "name", name, "capabilities", offered, "leases", leases));
        if (reply.status() != 200) {
            throw new AssertionError("register was answered " + reply);
        }
        return new ScriptedNode(broker, reply.text("node_id"));
    }

    /** As long as a public key, and the same for the same name. */
    static String key(String name) {
        byte[] bytes = new byte[32];
        byte[] letters = name.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        System.arraycopy(letters, 0, bytes, 0, letters.length);
        return Base64.getEncoder().encodeToString(bytes);
    }

    String id() {
        return id;
    }

    /** What a claim handed out. */
    record Job(String id, String leaseId, int attempt, JsonNode body) {}

    CompletableFuture<List<Job>> claimLater(int slots, double waitSeconds) {
        return broker.postLater("/claim", Map.of("node_id", id, "slots", slots, "wait_seconds", waitSeconds))
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
        return broker.post(
                "/heartbeat",
                Map.of(
                        "node_id",
                        id,
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
        return broker.postLater(
                "/complete",
                Map.of(
                        "node_id", id,
                        "job_id", job.id(),
                        "output", output,
                        "error", "",
                        "exit_code", exitCode,
                        "lease_id", job.leaseId(),
                        "attempt", attempt));
    }

    /** Sends pieces of the job's log, each {@code stream:text} at the time 0, from an offset on. */
    Reply appendLog(Job job, long offset, String... pieces) {
        return appendLog(job, offset, LogPieces.of(pieces));
    }

    Reply appendLog(Job job, long offset, byte[] frames) {
        byte[] body = new LogBatch(List.of(new LogBatch.Part(job.id(), job.leaseId(), offset, frames))).bytes();
        return broker.send(broker.request("/logs?node_id=" + id)
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofByteArray(body)));
    }

    /** Reports a job whose log was sent. */
    Reply completeWithLog(Job job, String code, long logBytes) {
        Map<String, Object> attempt = Map.of("code", code, "log", Map.of("bytes", logBytes, "sent", true));
        return completeWith(job, "", "", attempt);
    }

    Reply completeWith(Job job, String output, String error, Map<String, Object> attempt) {
        return broker.post(
                "/complete",
                Map.of(
                        "node_id", id,
                        "job_id", job.id(),
                        "output", output,
                        "error", error,
                        "exit_code", 0,
                        "lease_id", job.leaseId(),
                        "attempt", attempt));
    }

    Reply release(boolean leaving, Job... jobs) {
        return broker.post(
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
