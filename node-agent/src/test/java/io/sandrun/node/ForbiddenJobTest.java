package io.sandrun.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.ErrorBody;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.NodeMessages.Claimed;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.runtime.SandboxSettings;
import io.sandrun.runtime.Sandboxes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that does not know yet, or does not care, hands out what the owner does not allow. */
class ForbiddenJobTest {
    private static ClaimedJob python() {
        JobLimits limits = new JobLimits(1, null, 64, 16, 16, 0);
        return new ClaimedJob(
                "pool-1", "lease-1", 1, "print(1)", "python3", List.of(), Map.of(), "", limits, null, JobFiles.NONE);
    }

    @Test
    void it_does_not_run_and_is_given_back(@TempDir Path directory) throws Exception {
        assumeThatCode(() ->
                        Sandboxes.open(new SandboxSettings(1, directory, 0)).close())
                .as("needs sandboxes")
                .doesNotThrowAnyException();
        Files.writeString(directory.resolve("policy.json"), "{\"interpreters\": [\"bash\"], \"on_battery\": true}");
        try (ScriptedBroker broker = new ScriptedBroker()) {
            broker.answer("/claim", 200, new Claimed(null, List.of(python())));
            NodeConfig config = NodeConfig.of(broker.url(), directory, 1)
                    .withInterpreters(Set.of("python3", "bash"))
                    .withDrainTime(Duration.ZERO);
            try (NodeAgent node = NodeAgent.start(config)) {
                assertThat(node.capabilities().interpreters()).doesNotContain("python3");
                JsonNode release = broker.await("/release");
                broker.answer("/claim", 503, new ErrorBody("Later.", "unavailable", Map.of()));
                assertThat(release.path("leases").toString()).isEqualTo("[\"lease-1\"]");
                assertThat(release.path("leaving").asBoolean()).isFalse();
            }
        }
    }
}
