package io.sandrun.benchmarks.hostile;

import io.sandrun.benchmarks.ScratchDirectory;
import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.Isolation;
import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.SandboxSettings;
import io.sandrun.runtime.Sandboxes;
import io.sandrun.runtime.Slot;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs hostile jobs in two slots at a time, each followed by a decent one in the same slot, and looks for traces: after
 * every batch those of jobs, at the end those of the agent. Good for one run; one thread.
 */
final class Soak {
    private static final int SLOTS = 2;

    /** Jobs between two looks. */
    private static final int BATCH = 50;

    /** For those that would go on for ever. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    /** For those that run into another limit, however busy the machine is. */
    private static final Duration AMPLE = Duration.ofSeconds(10);

    private static final Isolation NOTHING_ACTIVE = new Isolation(List.of());

    private static final long CANCELLED_AFTER_MS = 100;

    /** Caches that fill up slowly are not a leak; a thousand jobs that leak a page of heap each are. */
    private static final long HEAP_SLACK_BYTES = 4L << 20;

    /** What the JVM still compiles, and what the C library keeps of what was freed. */
    private static final long NATIVE_SLACK_BYTES = 32L << 20;

    private final Random random;
    private final String mark;
    private final List<HostileKind> kinds = HostileKind.runnable();
    private final List<String> violations = Collections.synchronizedList(new ArrayList<>());
    private final Map<HostileKind, Map<Outcome, Integer>> ends = Collections.synchronizedMap(new TreeMap<>());
    private final Growth growth = new Growth();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService threads = Executors.newFixedThreadPool(SLOTS);
    private int warmUps;

    Soak(long seed) {
        random = new Random(seed);
        mark = "sandrun-hostile-" + seed;
    }

    /** @throws io.sandrun.runtime.SandboxUnavailableException if this machine cannot make sandboxes */
    void run(int jobs) throws Exception {
        try (ScratchDirectory state = ScratchDirectory.make()) {
            Sandboxes.open(new SandboxSettings(SLOTS, state.path())).close();
            Traces.Scene scene;
            Traces outside = new Traces.Scene(NOTHING_ACTIVE, state.path(), mark).lookWhenQuiet();
            try (Sandboxes sandboxes = Sandboxes.open(new SandboxSettings(SLOTS, state.path()))) {
                scene = new Traces.Scene(sandboxes.isolation(), state.path(), mark);
                runAll(kinds, sandboxes);
                warmUps = kinds.size();
                Traces before = scene.lookWhenQuiet();
                growth.begin();
                for (int done = 0; done < jobs; done += BATCH) {
                    runAll(draw(Math.min(BATCH, jobs - done)), sandboxes);
                    violations.addAll(scene.differencesFrom(before));
                }
                growth.end();
            }
            violations.addAll(scene.differencesFrom(outside));
        } finally {
            threads.shutdown();
            timer.shutdownNow();
        }
        checkGrowth();
    }

    private List<HostileKind> draw(int count) {
        List<HostileKind> drawn = new ArrayList<>();
        for (int job = 0; job < count; job++) {
            drawn.add(kinds.get(random.nextInt(kinds.size())));
        }
        return drawn;
    }

    /** Returns when all have ended; every slot takes every second job. */
    private void runAll(List<HostileKind> jobs, Sandboxes sandboxes) throws Exception {
        List<Future<?>> running = new ArrayList<>();
        for (int index = 0; index < SLOTS; index++) {
            int first = index;
            Slot slot = sandboxes.slot(index);
            running.add(threads.submit(() -> {
                for (int job = first; job < jobs.size(); job += SLOTS) {
                    runHostile(jobs.get(job), slot);
                    runDecent(jobs.get(job), slot);
                }
            }));
        }
        for (Future<?> one : running) {
            one.get();
        }
    }

    private void runHostile(HostileKind kind, Slot slot) {
        Cancellation cancellation = new Cancellation();
        long patienceMs = kind.isToBeCancelled() ? CANCELLED_AFTER_MS : Long.MAX_VALUE;
        Future<?> impatience = timer.schedule(cancellation::cancel, patienceMs, TimeUnit.MILLISECONDS);
        RunResult result =
                slot.run(request(kind.command(), kind.mayEndAs(Outcome.TIMED_OUT) ? SHORT : AMPLE), cancellation);
        impatience.cancel(false);
        ends.computeIfAbsent(kind, any -> Collections.synchronizedMap(new TreeMap<>()))
                .merge(result.outcome(), 1, Integer::sum);
        if (!kind.mayEndAs(result.outcome())) {
            violations.add(kind + " ended as " + result.outcome() + " and not " + kind.ends() + ": " + result.reason()
                    + " " + new String(result.stderr().bytes(), StandardCharsets.UTF_8).strip());
        }
        if (result.exitCode() != null
                && (result.usage().wallTime().isZero() || result.usage().memoryPeakBytes() == 0)) {
            violations.add(kind + " was not measured: " + result.usage());
        }
    }

    private void runDecent(HostileKind after, Slot slot) {
        List<String> command = List.of("/bin/sh", "-c", "ls -A /work /tmp /dev/shm; echo fine");
        RunResult result = slot.run(request(command, AMPLE), new Cancellation());
        String output = new String(result.stdout().bytes(), StandardCharsets.UTF_8);
        if (result.outcome() != Outcome.OK || !output.equals("/dev/shm:\n\n/tmp:\n\n/work:\nfine\n")) {
            violations.add("after " + after + " a decent job ended as " + result.outcome() + ": " + result.reason()
                    + " " + output);
        }
    }

    private RunRequest request(List<String> command, Duration time) {
        Map<String, String> environment = Map.of("PATH", "/usr/bin:/bin", "HOME", "/work", "MARK", mark);
        return new RunRequest(command, environment, new byte[0], List.of(), List.of(), limits(time));
    }

    private static RunLimits limits(Duration time) {
        return new RunLimits(time, time, 1, 96L << 20, 32, 256, 8L << 20, 200, 64 << 10, 4L << 20);
    }

    private void checkGrowth() {
        if (growth.grownHeapBytes() > HEAP_SLACK_BYTES || growth.grownNativeBytes() > NATIVE_SLACK_BYTES) {
            violations.add("the agent has grown: " + growth);
        }
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    /** How each kind ended, how often; then the agent's memory. The first run of each kind is counted too. */
    List<String> table() {
        List<String> lines = new ArrayList<>();
        ends.forEach((kind, counts) -> lines.add(String.format("%-18s %s", kind, counts)));
        lines.add(String.format("%d of them to warm up; agent: %s", warmUps, growth));
        return lines;
    }
}
