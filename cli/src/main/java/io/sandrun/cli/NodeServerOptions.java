package io.sandrun.cli;

import io.sandrun.node.NodeConfig;
import io.sandrun.node.environment.EnvironmentChoice;
import io.sandrun.protocol.BrokerAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The settings of a node as flags. */
final class NodeServerOptions {
    /** A petabyte: whoever means more has slipped. */
    private static final long MEBIBYTES_MAX = 1L << 30;

    @Option(names = "--slots", paramLabel = "N", description = "Jobs to run at once (default: one for each core).")
    int slots = Runtime.getRuntime().availableProcessors();

    @Option(names = "--label", paramLabel = "KEY=VALUE", description = "What to say of this machine; may be repeated.")
    Map<String, String> labels = Map.of();

    @Option(
            names = {"--key", "--worker-key"},
            paramLabel = "FILE",
            description = "The node's Ed25519 key; made if absent (default: node.pem among the data).")
    @Nullable
    Path key;

    @Option(
            names = "--drain-seconds",
            paramLabel = "SECONDS",
            description = "How long running jobs may go on after SIGTERM (default: ${DEFAULT-VALUE}).")
    double drainSeconds = NodeConfig.DEFAULT_DRAIN_TIME.toSeconds();

    @Option(
            names = "--environments",
            paramLabel = "NAME,...",
            split = ",",
            description = "The only environments to offer, or none (default: all that work here).")
    @Nullable
    Set<String> environments;

    @Mixin
    InstallOptions installs = new InstallOptions();

    @Option(
            names = "--cache-mb",
            paramLabel = "MB",
            description = "Inputs of jobs to keep on the disk for later jobs (default: ${DEFAULT-VALUE}).")
    long cacheMebibytes = NodeConfig.DEFAULT_CACHE_BYTES >> 20;

    @Option(
            names = "--warm-mb",
            paramLabel = "MB",
            description =
                    "Memory for interpreters and sandboxes that wait for jobs, at most a quarter of the machine's; "
                            + "jobs are not offered it; 0: every job starts cold (default: ${DEFAULT-VALUE}).")
    long warmMebibytes = NodeConfig.DEFAULT_WARM_BYTES >> 20;

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "When and how this machine may be used, reread when it changes "
                    + "(default: policy.json among the node's data, if there is one).")
    @Nullable
    Path policy;

    NodeConfig config(BrokerAddress broker, Path directory) {
        if (slots < 1 || slots > NodeConfig.MAX_SLOTS) {
            throw new UsageException("--slots must be 1 to %d, not %d.".formatted(NodeConfig.MAX_SLOTS, slots));
        }
        if (!(drainSeconds >= 0 && drainSeconds <= Duration.ofDays(1).toSeconds())) {
            throw new UsageException("--drain-seconds must be 0 to 86400, not %s.".formatted(drainSeconds));
        }
        if (cacheMebibytes < 0 || cacheMebibytes > MEBIBYTES_MAX) {
            throw new UsageException("--cache-mb must be 0 to %d, not %d.".formatted(MEBIBYTES_MAX, cacheMebibytes));
        }
        if (warmMebibytes < 0 || warmMebibytes > MEBIBYTES_MAX) {
            throw new UsageException("--warm-mb must be 0 to %d, not %d.".formatted(MEBIBYTES_MAX, warmMebibytes));
        }
        NodeConfig config = NodeConfig.of(broker, directory, slots)
                .withLabels(labels)
                .withEnvironments(environmentChoice())
                .withInstalls(installs.choice())
                .withCacheBytes(cacheMebibytes << 20)
                .withWarmBytes(warmMebibytes << 20)
                .withPolicyFile(policy)
                .withDrainTime(Duration.ofMillis(Math.round(drainSeconds * 1e3)));
        return config.withKeyFile(keyFile(directory));
    }

    /** The key that a node with this directory uses. */
    Path keyFile(Path directory) {
        return key == null ? directory.resolve(NodeConfig.KEY_FILE) : key;
    }

    private EnvironmentChoice environmentChoice() {
        if (environments == null) {
            return EnvironmentChoice.ALL;
        }
        return environments.equals(Set.of("none")) ? EnvironmentChoice.NONE : EnvironmentChoice.only(environments);
    }
}
