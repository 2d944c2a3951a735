package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import java.io.IOException;
import picocli.CommandLine.Command;

/** How the workers of a pool are doing. */
@Command(
        name = "pool",
        mixinStandardHelpOptions = true,
        description = "Tells which workers the pool has, and how busy they are.")
final class PoolCommand extends AnswerCommand {
    @Override
    JsonNode ask(BrokerClient client) throws IOException {
        return client.pool();
    }

    @Override
    void show(JsonNode pool) {
        Console.say("%s pool: %d of %d workers healthy, %d jobs, %d of them queued"
                .formatted(
                        pool.path("trusted").asBoolean() ? "Trusted" : "Open",
                        pool.path("healthy_workers").asInt(),
                        pool.path("total_workers").asInt(),
                        pool.path("total_jobs").asLong(),
                        pool.path("queued_jobs").asLong()));
        Table table = new Table("WORKER", "ENDPOINT", "HEALTHY", "ACTIVE", "MAX");
        for (JsonNode worker : pool.path("workers")) {
            table.row(
                    worker.path("worker_id").asText(),
                    worker.path("endpoint").asText(),
                    worker.path("is_healthy").asBoolean() ? "yes" : "no",
                    worker.path("active_jobs").asText(),
                    worker.path("max_concurrent_jobs").asText());
        }
        table.print();
    }
}
