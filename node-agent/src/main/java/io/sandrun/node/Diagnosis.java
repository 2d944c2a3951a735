package io.sandrun.node;

import io.sandrun.protocol.Capabilities;
import io.sandrun.runtime.Isolation;
import io.sandrun.runtime.SandboxSettings;
import io.sandrun.runtime.SandboxUnavailableException;
import io.sandrun.runtime.Sandboxes;
import io.sandrun.runtime.host.HostProbe;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What this machine would offer as a node, found out by the node's own probes.
 *
 * @param capabilities what it would register with
 * @param layers every layer of the sandbox, those included that are not active here
 */
public record Diagnosis(Capabilities capabilities, List<Isolation.Layer> layers) {
    /** @throws SandboxUnavailableException if no sandbox can be made; the message says why */
    public static Diagnosis make() throws IOException, SandboxUnavailableException {
        Path directory = Files.createTempDirectory("sandrun-doctor");
        try (Sandboxes sandboxes = Sandboxes.open(new SandboxSettings(1, directory))) {
            NodeConfig config = NodeConfig.of(URI.create("http://127.0.0.1"), directory, 1);
            Capabilities capabilities = CapabilityProbe.capabilities(
                    config, new HostProbe().probe(), sandboxes, CapabilityProbe.interpreters(config, sandboxes));
            return new Diagnosis(capabilities, sandboxes.isolation().layers());
        } finally {
            Files.deleteIfExists(directory);
        }
    }
}
