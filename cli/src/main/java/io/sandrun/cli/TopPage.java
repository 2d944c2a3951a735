package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a broker is doing at one moment, as lines of text. */
final class TopPage {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Of jobs, the newest: what fits on a screen. */
    private static final String JOBS = "100";

    /** Those that go on come first. */
    private static final Map<String, Integer> ORDER = Map.of("running", 0, "assigned", 1, "pending", 2);

    private final JsonNode facts;

    private TopPage(JsonNode facts) {
        this.facts = facts;
    }

    static TopPage of(BrokerClient client) throws IOException {
        ObjectNode facts = Json.MAPPER.createObjectNode();
        facts.set("health", client.health(TIMEOUT));
        facts.set("stats", client.stats());
        facts.set("nodes", client.nodes().path("nodes"));
        facts.set("jobs", client.jobs(List.of(Map.entry("limit", JOBS))).path("jobs"));
        return new TopPage(facts);
    }

    JsonNode facts() {
        return facts;
    }

    /** @param nowSeconds since 1970, by which ages are told */
    List<String> lines(double nowSeconds) {
        JsonNode health = facts.path("health");
        JsonNode quota = facts.at("/stats/your_quota");
        List<String> lines = new ArrayList<>();
        lines.add("%s: %,d jobs wait, %,d run; %,d nodes up; yours: %,d open, %s left this hour"
                .formatted(
                        Console.escaped(health.path("status").asText()),
                        health.path("pending_jobs").asLong(),
                        health.path("running_jobs").asLong(),
                        health.path("active_nodes").asLong(),
                        quota.path("active_jobs").asLong(),
                        StatsCommand.limit(quota.path("available"))));
        lines.add("");
        lines.addAll(nodes().lines());
        lines.add("");
        lines.addAll(jobs(nowSeconds).lines());
        return lines;
    }

    private Table nodes() {
        Table table = new Table("NODE", "STATE", "RUNNING", "SLOTS", "DONE", "FAILED");
        for (JsonNode node : facts.path("nodes")) {
            table.row(
                    name(node),
                    node.path("state").asText(),
                    node.path("running").asText(),
                    node.path("slots").asText(),
                    node.path("jobs_completed").asText(),
                    node.path("jobs_failed").asText());
        }
        return table;
    }

    private static String name(JsonNode node) {
        return node.path("name").asText("").isEmpty()
                ? node.path("id").asText()
                : node.path("name").asText();
    }

    private Table jobs(double nowSeconds) {
        Map<String, String> names = new HashMap<>();
        facts.path("nodes").forEach(node -> names.put(node.path("id").asText(), name(node)));
        List<JsonNode> jobs = new ArrayList<>();
        facts.path("jobs").forEach(jobs::add);
        jobs.sort(Comparator.comparingInt(
                job -> ORDER.getOrDefault(job.path("state").asText(), ORDER.size())));
        Table table = new Table("JOB", "STATE", "CODE", "INTERPRETER", "NODE", "AGE");
        for (JsonNode job : jobs) {
            String nodeId = job.path("node_id").asText("");
            table.row(
                    job.path("job_id").asText(),
                    job.path("state").asText(),
                    job.path("code").isTextual() ? job.path("code").asText() : "",
                    job.path("interpreter").asText(),
                    job.path("node_id").isTextual() ? names.getOrDefault(nodeId, nodeId) : "",
                    age(nowSeconds - job.path("submitted_at").asDouble()));
        }
        return table;
    }

    /** In its largest unit. */
    static String age(double seconds) {
        long whole = Math.max(0, (long) seconds);
        if (whole < 60) {
            return whole + "s";
        }
        if (whole < 3_600) {
            return whole / 60 + "m";
        }
        return whole < 86_400 ? whole / 3_600 + "h" : whole / 86_400 + "d";
    }
}
