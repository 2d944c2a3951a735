package io.sandrun.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Submits one program many times and reads each result, by connections that cost little. One thread. */
final class JobStream {
    /** Jobs that are submitted with one call. */
    private static final int BATCH = 100;

    private final URI broker;
    private final PythonProgram program;

    JobStream(URI broker, PythonProgram program) {
        this.broker = broker;
        this.program = program;
    }

    /**
     * Returns when the last result was read.
     *
     * @param each is given the results, which are as they should be
     */
    void run(int count, Consumer<JsonNode> each) throws IOException {
        // Not kept between two calls: a broker closes what is silent for long.
        try (HttpConnection connection = HttpConnection.open(broker)) {
            List<String> jobIds = new ArrayList<>(count);
            while (jobIds.size() < count) {
                submit(connection, Math.min(BATCH, count - jobIds.size()), jobIds);
            }
            for (String jobId : jobIds) {
                JsonNode result = Json.MAPPER.readTree(
                        connection.get("/results/" + jobId + "?wait=60").orThrow());
                if (!result.path("output").asText().equals(program.output())) {
                    throw new IOException("a job ended with " + result);
                }
                each.accept(result);
            }
        }
    }

    private void submit(HttpConnection connection, int count, List<String> jobIds) throws IOException {
        ArrayNode batch = Json.MAPPER.createArrayNode();
        for (int job = 0; job < count; job++) {
            batch.add(program.job());
        }
        String body = Json.MAPPER.createObjectNode().set("jobs", batch).toString();
        JsonNode answer =
                Json.MAPPER.readTree(connection.post("/submit/batch", body).orThrow());
        answer.path("jobs").forEach(job -> jobIds.add(job.path("job_id").asText()));
    }
}
