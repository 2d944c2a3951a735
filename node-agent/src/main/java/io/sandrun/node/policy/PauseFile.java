package io.sandrun.node.policy;

import io.sandrun.node.json.StrictJson;
import io.sandrun.node.json.StrictJson.MisfitException;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * That the owner has paused a node by hand: a file among its data, so that it outlives the node's process and needs no
 * port. Whoever may write there may pause. Thread-safe.
 */
public final class PauseFile {
    private static final String NAME = "pause.json";

    private static final StrictJson<Text> JSON =
            new StrictJson<>(Text.class, Map.of("until", "seconds since 1970", "give_back", "true or false"));

    private final Path file;

    /** @param stateDirectory of the node; must be there before anything is written */
    public PauseFile(Path stateDirectory) {
        this.file = stateDirectory.resolve(NAME);
    }

    /** @param until seconds since 1970, or null for no end */
    private record Text(@Nullable Double until, boolean giveBack) {}

    /**
     * @param until when it ends by itself; null for never
     * @param givesBack whether running jobs are stopped at once, whatever the policy says
     */
    public record Pause(@Nullable Instant until, boolean givesBack) {}

    Path file() {
        return file;
    }

    /** From now on, instead of an earlier one. */
    public void pause(Pause pause) throws IOException {
        Instant until = pause.until();
        Text text = new Text(until == null ? null : until.toEpochMilli() / 1e3, pause.givesBack());
        OwnersFile.write(file, Json.bytes(text));
    }

    /** Answers whether it was paused, be it over or not. */
    public boolean resume() throws IOException {
        return Files.deleteIfExists(file);
    }

    /**
     * The pause that there is now; empty for one that is over. One that cannot be read has no end, and neither has one
     * whose end nobody can write down: milliseconds for seconds, most likely.
     */
    public Optional<Pause> at(Instant now) {
        Pause pause;
        try {
            Text text = JSON.read(OwnersFile.read(file));
            pause = new Pause(instant(text.until), text.giveBack);
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException | MisfitException | DateTimeException | ArithmeticException unreadable) {
            pause = new Pause(null, false);
        }
        Instant until = pause.until();
        return until == null || until.isAfter(now) ? Optional.of(pause) : Optional.empty();
    }

    private static @Nullable Instant instant(@Nullable Double seconds) {
        return seconds == null || seconds > Limits.TIME_SECONDS_MAX
                ? null
                : Instant.ofEpochMilli(Math.round(seconds * 1e3));
    }
}
