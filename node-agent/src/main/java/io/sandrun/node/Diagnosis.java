package io.sandrun.node;

import io.sandrun.node.environment.EnvironmentChoice;
import io.sandrun.node.install.InstallChoice;
import io.sandrun.protocol.Capabilities;
import io.sandrun.runtime.Isolation;
import io.sandrun.runtime.SandboxSettings;
import io.sandrun.runtime.SandboxUnavailableException;
import io.sandrun.runtime.Sandboxes;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What this machine would offer as a node, found out by the node's own probes.
 *
 * @param capabilities what it would register with
 * @param refusedEnvironments why others that are declared are not offered: a sentence by name
 * @param layers every layer of the sandbox, those included that are not active here
 */
public record Diagnosis(
        Capabilities capabilities, Map<String, String> refusedEnvironments, List<Isolation.Layer> layers) {
    /**
     * @param dataDirectory of the node, whose environments are looked at; need not be there
     * @throws SandboxUnavailableException if no sandbox can be made; the message says why */
    public static Diagnosis make(Path dataDirectory)
            throws IOException, SandboxUnavailableException, InterruptedException {
        Path directory = Files.createTempDirectory("sandrun-doctor");
        try (Sandboxes sandboxes =
                Sandboxes.open(new SandboxSettings(Runtime.getRuntime().availableProcessors(), directory))) {
            NodeConfig config = NodeConfig.of(URI.create("http://127.0.0.1"), dataDirectory, 1)
                    .withEnvironments(EnvironmentChoice.ALL)
                    .withInstalls(InstallChoice.PUBLIC);
            NodeOffer offer = new NodeOffer(config, sandboxes, null);
            return new Diagnosis(
                    offer.capabilities(),
                    offer.environments().refused(),
                    sandboxes.isolation().layers());
        } finally {
            Files.deleteIfExists(directory);
        }
    }
}
