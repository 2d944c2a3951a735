package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example that starts a pool, started as its first lines say. */
@Timeout(200)
class PoolExampleTest {
    private static final Path SCRIPT = Path.of("..", "examples", "trusted-pool", "pool.sh");
    private static final long PATIENCE_SECONDS = 120;

    @Test
    void three_workers_of_a_list_do_the_work_until_the_script_is_stopped(@TempDir Path folder) throws Exception {
        int port = freePort();
        ProcessBuilder builder = new ProcessBuilder("sh", SCRIPT.toString(), folder.toString());
        SandrunProcess.forgetDeveloper(builder.environment());
        builder.environment().put("SANDRUN", command(folder.resolve("sandrun")).toString());
        builder.environment().put("PORT", String.valueOf(port));
        Process script = builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
        try {
            BrokerClient client = new BrokerClient(URI.create("http://127.0.0.1:" + port));
            awaitHealthy(client, script);
            JsonNode job = Json.MAPPER.valueToTree(Map.of("code", "print('from the pool')"));
            String jobId = client.submit(job).path("job_id").asText();
            JsonNode ended = client.status(jobId, PATIENCE_SECONDS);
            assertThat(ended.path("state").asText()).isEqualTo("completed");
            assertThat(Files.readString(folder.resolve("workers.json")))
                    .contains(ended.path("worker_id").asText());
        } finally {
            script.destroy();
            assertThat(script.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(script.descendants()).isEmpty();
    }

    private static void awaitHealthy(BrokerClient client, Process script) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (healthy(client) < 3) {
            assertThat(script.isAlive()).isTrue();
            assertThat(System.nanoTime()).as("patience").isLessThan(deadline);
        }
    }

    private static int healthy(BrokerClient client) {
        try {
            return client.pool().path("healthy_workers").asInt();
        } catch (IOException notYet) {
            return 0;
        }
    }

    /** The command as a file of its own, of the classes under test. */
    private static Path command(Path file) throws IOException {
        Files.writeString(file, """
                #!/bin/sh
                # The pool is what is tried, and not the environments that this machine has.
                [ "$1" != node ] || set -- "$@" --environments none
                exec '%s' "$@"
                """.formatted(String.join("' '", JavaCommand.of(JavaCommand.Role.COMMAND))));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
