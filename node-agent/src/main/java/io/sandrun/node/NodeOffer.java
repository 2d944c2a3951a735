package io.sandrun.node;

import io.sandrun.node.attempt.CpuShare;
import io.sandrun.node.environment.EnvironmentFolder;
import io.sandrun.node.environment.EnvironmentWatch;
import io.sandrun.node.environment.NodeEnvironments;
import io.sandrun.node.install.InstallChoice;
import io.sandrun.node.install.InstallPlaces;
import io.sandrun.node.install.NodeInstallers;
import io.sandrun.node.policy.Ruling;
import io.sandrun.protocol.Capabilities;
import io.sandrun.runtime.Sandboxes;
import io.sandrun.runtime.Slot;
import io.sandrun.runtime.host.Host;
import io.sandrun.runtime.host.HostProbe;
import io.sandrun.runtime.interpreter.Interpreter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this machine can do as a node, found out by trying. Environments may come and go while the node runs; for that
 * there is one slot more than jobs use, the last. Thread-safe.
 */
final class NodeOffer {
    private static final Logger log = LoggerFactory.getLogger(NodeOffer.class);

    private final NodeConfig config;
    private final Sandboxes sandboxes;
    private final Host host;
    private final CpuShare cpuShare;
    private final Map<String, Interpreter> interpreters;
    private final NodeInstallers installers;
    private final InstallPlaces installPlaces;
    private final NodeEnvironments environments;
    private volatile Ruling ruling = Ruling.FREE;

    /**
     * Tries everything; takes a second or so, and more where environments are looked at for the first time.
     *
     * @param sandboxes for nothing else meanwhile
     * @param memory where it is kept which environments were seen to work; null to try each again
     */
    NodeOffer(NodeConfig config, Sandboxes sandboxes, @Nullable Path memory) throws InterruptedException {
        this.config = config;
        this.sandboxes = sandboxes;
        this.host = new HostProbe().probe();
        this.cpuShare = new CpuShare(host.cores(), config.slots());
        this.interpreters = CapabilityProbe.interpreters(config, sandboxes);
        InstallChoice installs = config.installs().on(host.memoryBytes());
        this.installers = new NodeInstallers(installs, interpreters, sandboxes.slot(0));
        this.installPlaces = new InstallPlaces(installs.places(host.memoryBytes()));
        this.environments = new NodeEnvironments(
                new EnvironmentFolder(config.dataDirectory()),
                config.environments(),
                interpreters,
                CapabilityProbe.ofEnvironments(cpuShare),
                memory);
        if (memory != null) {
            removeUnusedLayers();
        }
        environments.refresh(
                IntStream.range(0, sandboxes.slots()).mapToObj(sandboxes::slot).toList());
    }

    private void removeUnusedLayers() {
        try {
            new EnvironmentFolder(config.dataDirectory()).removeUnusedLayers(Clock.systemUTC());
        } catch (IOException kept) {
            log.warn("Layers that nobody uses could not be removed: {}", kept.toString());
        }
    }

    CpuShare cpuShare() {
        return cpuShare;
    }

    Map<String, Interpreter> interpreters() {
        return interpreters;
    }

    NodeEnvironments environments() {
        return environments;
    }

    NodeInstallers installers() {
        return installers;
    }

    InstallPlaces installPlaces() {
        return installPlaces;
    }

    /** What its owner allows from now on. */
    void under(Ruling now) {
        ruling = now;
    }

    /** Lets go of all memory in which something waits for jobs. */
    void letGo() {
        sandboxes.letGo(Duration.ZERO);
    }

    /** As of now. */
    Capabilities capabilities() {
        return CapabilityProbe.capabilities(
                config, host, sandboxes, interpreters, environments.advertised(), installers.features(), ruling);
    }

    /**
     * Watches the declared environments; empty if that is not wanted, or cannot be done.
     *
     * @param changed is told after each change of the declarations
     */
    Optional<EnvironmentWatch> watch(Runnable changed) {
        if (config.environments().isNone()) {
            return Optional.empty();
        }
        List<Slot> own = List.of(sandboxes.slot(sandboxes.slots() - 1));
        try {
            return Optional.of(new EnvironmentWatch(new EnvironmentFolder(config.dataDirectory()), () -> {
                environments.refresh(own);
                changed.run();
            }));
        } catch (IOException blind) {
            log.warn("New environments will not be noticed until this node is started again: {}", blind.toString());
            return Optional.empty();
        }
    }
}
