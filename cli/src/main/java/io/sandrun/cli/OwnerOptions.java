package io.sandrun.cli;

import io.sandrun.node.policy.PauseFile;
import io.sandrun.node.policy.PolicyState;
import io.sandrun.node.policy.PolicyState.Page;
import io.sandrun.protocol.ClosedCause;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.OwnerTerms;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What an owner's commands have in common: they speak with the node on this machine by files among its data. */
final class OwnerOptions {
    /** A node looks as soon as a file has changed. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final DateTimeFormatter MINUTES =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneId.systemDefault());

    @Mixin
    DataOption data = new DataOption();

    @Option(names = "--json", description = "Print it as JSON.")
    boolean json;

    /** @throws UsageException if there never was a node */
    PauseFile pauses() {
        Path directory = data.node();
        if (!Files.isDirectory(directory)) {
            throw new UsageException("There is no node's data at %s: name its --data.".formatted(directory));
        }
        return new PauseFile(directory);
    }

    /** What the node says that runs with these data; empty if none does. */
    Optional<Page> page() {
        return new PolicyState(data.node()).read();
    }

    /** Waits until the node says that it knows, at most ten seconds; empty if none runs. */
    Optional<Page> await(Predicate<Page> known) throws InterruptedException {
        return new PolicyState(data.node()).await(known, PATIENCE);
    }

    static boolean isPaused(Page page) {
        OwnerTerms.Closed closed = page.closed();
        return closed != null && closed.code().equals(ClosedCause.PAUSED.wire());
    }

    /** Prints how the node stands. */
    void show(Optional<Page> page, String inWords) {
        if (!json) {
            Console.say(inWords);
        } else {
            Console.say(page.map(Json::write).orElseGet(() -> Json.write(Map.of("running", false))));
        }
    }

    /** How it stands, in a sentence without its end. */
    static String standing(Page page) {
        OwnerTerms.Closed closed = page.closed();
        return closed == null
                ? "the node takes work"
                : "the node takes no work: it is " + Console.escaped(closed.reason()) + until(closed.until());
    }

    private static String until(@Nullable Double seconds) {
        return seconds == null ? "" : " until " + minutes(Instant.ofEpochMilli(Math.round(seconds * 1e3)));
    }

    /** By the clock on the wall. */
    static String minutes(Instant time) {
        return MINUTES.format(time);
    }
}
