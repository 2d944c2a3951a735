package io.sandrun.node;

import io.sandrun.node.environment.EnvironmentChoice;
import io.sandrun.node.install.InstallChoice;
import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.identity.ApiKey;
import io.sandrun.runtime.SandboxSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a node.
 *
 * @param broker where work comes from
 * @param dataDirectory holds the key (unless named), the outbox and the lock; made if absent
 * @param keyFile the node's Ed25519 key; made on first start if absent
 * @param slots jobs that it runs at once, 1 to {@link #MAX_SLOTS}
 * @param labels what the owner says of this machine
 * @param interpreters the only interpreters to offer, or empty for whatever is found
 * @param environments which of the declared environments to offer, as far as they work
 * @param installs whether and how it installs what jobs require
 * @param cacheBytes of fetched inputs that are kept for later jobs
 * @param warmBytes of memory that interpreters and sandboxes which wait for jobs may have; it is not offered to jobs
 * @param policyFile what its owner allows; null for {@code policy.json} in the data directory, which may be absent
 * @param drainTime how long a stopping node lets its jobs finish before it gives them back
 */
public record NodeConfig(
        BrokerAddress broker,
        Path dataDirectory,
        Path keyFile,
        int slots,
        Map<String, String> labels,
        Set<String> interpreters,
        EnvironmentChoice environments,
        InstallChoice installs,
        long cacheBytes,
        long warmBytes,
        @Nullable Path policyFile,
        Duration drainTime) {
    /** Each slot costs a resident process and, as root, two host uids of the agent's 4096. One more is its own. */
    public static final int MAX_SLOTS = SandboxSettings.MAX_SLOTS - 1;

    /** Some projects of ordinary size, or the largest that a job can have. */
    public static final long DEFAULT_CACHE_BYTES = 2L << 30;

    /** Zygotes of some environments with large packages. */
    public static final long DEFAULT_WARM_BYTES = 1L << 30;

    /** At most a quarter of the machine's memory waits: the rest is for what runs. */
    private static final int MOST_WARM_PART = 4;

    /** What a person who pressed Ctrl-C will wait for. */
    public static final Duration DEFAULT_DRAIN_TIME = Duration.ofSeconds(10);

    /** The key in the data directory, where no other is named. */
    public static final String KEY_FILE = "node.pem";

    public NodeConfig {
        if (slots < 1 || slots > MAX_SLOTS) {
            throw new IllegalArgumentException("slots must be 1 to %d, not %d".formatted(MAX_SLOTS, slots));
        }
        if (cacheBytes < 0) {
            throw new IllegalArgumentException("a cache cannot have %d bytes".formatted(cacheBytes));
        }
        if (warmBytes < 0) {
            throw new IllegalArgumentException("what waits cannot have %d bytes".formatted(warmBytes));
        }
        labels = Map.copyOf(labels);
        interpreters = Set.copyOf(interpreters);
    }

    public static NodeConfig of(URI brokerUrl, Path dataDirectory, int slots) {
        return of(BrokerAddress.of(brokerUrl), dataDirectory, slots);
    }

    /** @param broker with all that is needed to be let in there */
    public static NodeConfig of(BrokerAddress broker, Path dataDirectory, int slots) {
        return new NodeConfig(
                broker,
                dataDirectory,
                dataDirectory.resolve(KEY_FILE),
                slots,
                Map.of(),
                Set.of(),
                EnvironmentChoice.NONE,
                InstallChoice.NONE,
                DEFAULT_CACHE_BYTES,
                DEFAULT_WARM_BYTES,
                null,
                DEFAULT_DRAIN_TIME);
    }

    /** What of a machine with so much memory is kept for what waits. */
    public long warmBytesOf(long machineBytes) {
        return Math.min(warmBytes, machineBytes / MOST_WARM_PART);
    }

    /** @param key under which it works at the broker; null where that wants none */
    public NodeConfig withApiKey(@Nullable ApiKey key) {
        return with(draft -> draft.broker = draft.broker.withApiKey(key));
    }

    public NodeConfig withKeyFile(Path file) {
        return with(draft -> draft.keyFile = file);
    }

    public NodeConfig withLabels(Map<String, String> newLabels) {
        return with(draft -> draft.labels = newLabels);
    }

    public NodeConfig withInterpreters(Set<String> names) {
        return with(draft -> draft.interpreters = names);
    }

    public NodeConfig withEnvironments(EnvironmentChoice choice) {
        return with(draft -> draft.environments = choice);
    }

    public NodeConfig withInstalls(InstallChoice choice) {
        return with(draft -> draft.installs = choice);
    }

    public NodeConfig withCacheBytes(long bytes) {
        return with(draft -> draft.cacheBytes = bytes);
    }

    public NodeConfig withWarmBytes(long bytes) {
        return with(draft -> draft.warmBytes = bytes);
    }

    public NodeConfig withPolicyFile(@Nullable Path file) {
        return with(draft -> draft.policyFile = file);
    }

    public NodeConfig withDrainTime(Duration time) {
        return with(draft -> draft.drainTime = time);
    }

    private NodeConfig with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return new NodeConfig(
                draft.broker,
                dataDirectory,
                draft.keyFile,
                slots,
                draft.labels,
                draft.interpreters,
                draft.environments,
                draft.installs,
                draft.cacheBytes,
                draft.warmBytes,
                draft.policyFile,
                draft.drainTime);
    }

    /** What may be changed of one, before it is checked as the next. */
    private static final class Draft {
        private BrokerAddress broker;
        private Path keyFile;
        private Map<String, String> labels;
        private Set<String> interpreters;
        private EnvironmentChoice environments;
        private InstallChoice installs;
        private long cacheBytes;
        private long warmBytes;
        private @Nullable Path policyFile;
        private Duration drainTime;

        Draft(NodeConfig now) {
            broker = now.broker;
            keyFile = now.keyFile;
            labels = now.labels;
            interpreters = now.interpreters;
            environments = now.environments;
            installs = now.installs;
            cacheBytes = now.cacheBytes;
            warmBytes = now.warmBytes;
            policyFile = now.policyFile;
            drainTime = now.drainTime;
        }
    }
}
