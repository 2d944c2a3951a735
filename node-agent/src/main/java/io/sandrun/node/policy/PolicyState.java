package io.sandrun.node.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.OwnerTerms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a node that runs tells its owner's commands how it stands: a file among its data. Thread-safe as files are.
 */
public final class PolicyState {
    private static final Logger log = LoggerFactory.getLogger(PolicyState.class);
    private static final String NAME = "policy-state.json";

    private final Path file;

    public PolicyState(Path stateDirectory) {
        this.file = stateDirectory.resolve(NAME);
    }

    /**
     * @param takesWork whether the node takes work
     * @param closed why not, or null
     * @param policyFile where its policy is, or would be
     * @param policy what is in force, as the file had it
     * @param fault what is wrong with the file, so that it is not in force; empty for nothing
     * @param process the node's
     */
    public record Page(
            boolean takesWork,
            OwnerTerms.@Nullable Closed closed,
            String policyFile,
            JsonNode policy,
            String fault,
            NodeProcess process) {}

    /** One of this machine. A number alone may be another's by now. */
    public record NodeProcess(long pid, long startedAtMs) {
        static NodeProcess of(ProcessHandle handle) {
            return new NodeProcess(
                    handle.pid(),
                    handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
        }

        boolean exists() {
            return ProcessHandle.of(pid)
                    .map(NodeProcess::of)
                    .filter(this::equals)
                    .isPresent();
        }
    }

    void write(Ruling ruling, PolicyFile policy) {
        Page page = new Page(
                ruling.isOpen(),
                ruling.terms().closed(),
                policy.file().toAbsolutePath().toString(),
                policy.written(),
                policy.fault(),
                NodeProcess.of(ProcessHandle.current()));
        try {
            OwnersFile.write(file, Json.bytes(page));
        } catch (IOException unwritable) {
            log.warn("{} cannot be written: {}", file, unwritable.toString());
        }
    }

    /** What the node says that runs; empty if none does. */
    public Optional<Page> read() {
        try {
            return Optional.ofNullable(Json.MAPPER.readValue(OwnersFile.read(file), Page.class))
                    .filter(page -> page.process != null && page.process.exists());
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /**
     * Waits until the node says something, or none runs.
     *
     * @param patience after which it is answered what it says instead
     */
    public Optional<Page> await(Predicate<Page> wanted, Duration patience) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + patience.toNanos();
        try (FileChanges changes = new FileChanges(List.of(file))) {
            while (true) {
                Optional<Page> page = read();
                Duration left = Duration.ofNanos(deadlineNanos - System.nanoTime());
                if (page.isEmpty() || wanted.test(page.get()) || left.isNegative()) {
                    return page;
                }
                changes.await(left);
            }
        }
    }

    /** The node has stopped. */
    void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException kept) {
            log.debug("{} could not be deleted", file, kept);
        }
    }
}
