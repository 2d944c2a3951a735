package io.sandrun.runtime.attack;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.CapturedStream;
import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.Slot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A job in another slot for as long as the attacks last: a witness in a sandbox. One thread. */
final class Neighbour implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String word;
    private final int key;
    private final Cancellation cancellation = new Cancellation();
    private final CompletableFuture<RunResult> run = new CompletableFuture<>();

    private Neighbour(String word, int key) {
        this.word = word;
        this.key = key;
    }

    /** @throws IOException if it does not come up; the message says why */
    static Neighbour moveIn(AttackJobs jobs, Slot slot) throws IOException {
        Neighbour neighbour = new Neighbour(Canaries.freshWord(), Canaries.freshKey());
        List<String> arguments = List.of(
                "witness",
                neighbour.word,
                Integer.toString(Canaries.NEIGHBOUR_PORT),
                "/work",
                Integer.toString(neighbour.key));
        Thread thread = new Thread(
                () -> neighbour.run.complete(
                        slot.run(jobs.resident(arguments, neighbour.word), neighbour.cancellation)),
                "neighbour");
        thread.setDaemon(true);
        thread.start();
        try {
            HostSight.awaitName(neighbour.word, "witness-ready", PATIENCE);
        } catch (IOException e) {
            neighbour.close();
            throw new IOException(e.getMessage() + " It " + neighbour.ending(), e);
        }
        return neighbour;
    }

    Map<String, String> places() {
        return Map.of(
                "neighbour",
                word,
                "neighbour-key",
                Integer.toString(key),
                "neighbour-port",
                Integer.toString(Canaries.NEIGHBOUR_PORT),
                "neighbour-socket",
                "/work/" + word + ".socket");
    }

    /** Empty while it lives. */
    List<String> touches() {
        return run.isDone() ? List.of("the job in the other slot " + ending()) : List.of();
    }

    private String ending() {
        RunResult result = run.join();
        return "ended as " + result.outcome() + ". " + result.reason() + " " + text(result.stderr());
    }

    /** Ends it and gives what touched it in its life, by its own account. */
    List<String> moveOut() {
        List<String> touches = new ArrayList<>(touches());
        close();
        RunResult result = run.join();
        text(result.stdout())
                .lines()
                .filter(line -> line.startsWith("touched"))
                .forEach(line -> touches.add("the job in the other slot: " + line));
        if (result.outcome() != Outcome.CANCELLED && touches.isEmpty()) {
            touches.add("the job in the other slot " + ending());
        }
        return touches;
    }

    private static String text(CapturedStream stream) {
        return new String(stream.bytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        cancellation.cancel();
        run.join();
    }
}
