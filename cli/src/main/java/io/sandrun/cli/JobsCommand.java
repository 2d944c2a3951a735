package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Limits;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What was submitted lately. */
@Command(name = "jobs", mixinStandardHelpOptions = true, description = "Lists jobs, the newest first.")
final class JobsCommand extends AnswerCommand {
    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Only pending, assigned, running, completed, failed or cancelled ones.")
    @Nullable
    String state;

    @Option(names = "--on-node", paramLabel = "ID", description = "Only those of this node.")
    @Nullable
    String node;

    @Option(
            names = {"-i", "--interpreter"},
            paramLabel = "NAME",
            description = "Only those for this interpreter.")
    @Nullable
    String interpreter;

    @Option(names = "--environment", paramLabel = "NAME", description = "Only those that name this environment.")
    @Nullable
    String environment;

    @Option(
            names = "--client",
            paramLabel = "KEY",
            description = "Only those submitted under the API key with this id, as `sandrun key list` shows it.")
    @Nullable
    String client;

    @Option(names = "--label", paramLabel = "KEY=VALUE", description = "Only those that require this label.")
    Map<String, String> labels = Map.of();

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Only those submitted from here under this Idempotency-Key.")
    @Nullable
    String key;

    @Option(names = "--since", paramLabel = "TIME", description = "Only those submitted then or later, in UTC.")
    @Nullable
    Instant since;

    @Option(names = "--before", paramLabel = "TIME", description = "Only those submitted before, in UTC.")
    @Nullable
    Instant before;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "At most this many (default: ${DEFAULT-VALUE}).")
    int limit = Limits.LIST_JOBS_DEFAULT;

    @Override
    JsonNode ask(BrokerClient client) throws IOException {
        if (limit < 1) {
            throw new UsageException("--limit must be at least 1.");
        }
        ObjectNode answer = Json.MAPPER.createObjectNode();
        answer.set("jobs", collect(client));
        return answer;
    }

    @Override
    void show(JsonNode answer) {
        Table table = new Table("JOB", "STATE", "CODE", "INTERPRETER", "NODE", "SUBMITTED");
        for (JsonNode job : answer.path("jobs")) {
            table.row(
                    job.path("job_id").asText(),
                    job.path("state").asText(),
                    text(job.path("code")),
                    job.path("interpreter").asText(),
                    text(job.path("node_id")),
                    Instant.ofEpochSecond(job.path("submitted_at").asLong()).toString());
        }
        table.print();
    }

    private static String text(JsonNode value) {
        return value.isTextual() ? value.asText() : "";
    }

    /** Page after page, until there are enough or no more. */
    private ArrayNode collect(BrokerClient client) throws IOException {
        ArrayNode jobs = Json.MAPPER.createArrayNode();
        String cursor = "";
        do {
            JsonNode page = client.jobs(query(cursor, Math.min(limit - jobs.size(), Limits.LIST_JOBS_MAX)));
            page.path("jobs").forEach(jobs::add);
            cursor = text(page.path("cursor"));
        } while (!cursor.isEmpty() && jobs.size() < limit);
        return jobs;
    }

    private List<Map.Entry<String, String>> query(String cursor, int count) {
        List<Map.Entry<String, String>> query = new ArrayList<>();
        query.add(Map.entry("limit", Integer.toString(count)));
        addGiven(query, "state", state);
        addGiven(query, "node", node);
        addGiven(query, "interpreter", interpreter);
        addGiven(query, "environment", environment);
        addGiven(query, "client", client);
        addGiven(query, "key", key);
        addGiven(query, "created_after", since);
        addGiven(query, "created_before", before);
        addGiven(query, "cursor", cursor.isEmpty() ? null : cursor);
        labels.forEach((key, value) -> query.add(Map.entry("label", key + "=" + value)));
        return query;
    }

    private static void addGiven(List<Map.Entry<String, String>> query, String name, @Nullable Object value) {
        if (value != null) {
            query.add(Map.entry(name, value.toString()));
        }
    }
}
