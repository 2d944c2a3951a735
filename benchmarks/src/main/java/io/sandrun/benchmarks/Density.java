package io.sandrun.benchmarks;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.Preload;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.SandboxSettings;
import io.sandrun.runtime.Sandboxes;
import io.sandrun.runtime.Slot;
import io.sandrun.runtime.Start;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * What sandboxes that wait for a job cost in memory, each in a slot of its own and with the job's process in it, and
 * what jobs cost that run: by what the machine has left, so that the kernel's own memory for them counts as well.
 */
public final class Density {
    private static final int DEFAULT_SANDBOXES = 500;
    private static final int RUNNING = 20;

    /** The first runs of a kind start cold. */
    private static final int RUNS_BEFORE_WARM = 8;

    private static final String HELLO = "print('hello')";

    /** Tells that it runs, and goes on until it is cancelled. */
    private static final String WAITING = "import time\nprint('up', flush=True)\ntime.sleep(300)";

    private static final long PATIENCE_SECONDS = 60;
    private static final double MEBIBYTE = 1 << 20;

    private final PrintStream out;
    private final Sandboxes sandboxes;
    private final List<String> modules;

    private Density(PrintStream out, Sandboxes sandboxes, List<String> modules) {
        this.out = out;
        this.sandboxes = sandboxes;
        this.modules = modules;
    }

    public static void main(String[] args) throws Exception {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_SANDBOXES;
        Machine.print();
        List<String> modules = List.of(args).subList(Math.min(1, args.length), args.length);
        run(System.out, count, Math.min(count, RUNNING), modules);
        System.exit(0);
    }

    /**
     * @param running jobs at one time, at most as many as sandboxes
     * @param modules that their interpreters have imported
     */
    static void run(PrintStream out, int count, int running, List<String> modules) throws Exception {
        try (ScratchDirectory scratch = ScratchDirectory.make();
                Sandboxes sandboxes = Sandboxes.open(new SandboxSettings(count, scratch.path()))) {
            Density benchmark = new Density(out, sandboxes, modules);
            out.printf("%-44s %8s %12s %12s%n", "", "count", "MiB in all", "MiB of each");
            benchmark.prepared(count);
            benchmark.running(running);
        }
    }

    private void prepared(int count) throws IOException {
        long before = ProcessMemory.availableBytes();
        Map<String, Long> kernelBefore = kernelBytes();
        for (int index = 0; index < count; index++) {
            prepare(sandboxes.slot(index));
        }
        print("prepared sandboxes", count, before - ProcessMemory.availableBytes());
        List<ProcessHandle> children = ProcessMemory.descendants();
        print("  of which their processes", count, ProcessMemory.proportionalBytes(children));
        print("  of which interpreters", count, ProcessMemory.proportionalBytes(interpreters(children)));
        for (Map.Entry<String, Long> kind : kernelBytes().entrySet()) {
            print(
                    "  of the kernel's: " + kind.getKey(),
                    count,
                    kind.getValue() - kernelBefore.getOrDefault(kind.getKey(), 0L));
        }
        print("  processes", children.size(), 0);
    }

    private static List<ProcessHandle> interpreters(List<ProcessHandle> processes) {
        return processes.stream()
                .filter(ProcessMemory.whoseCommandHas(PythonProgram.PYTHON))
                .toList();
    }

    /** By what it is for; the last one is the files in their memory. */
    private static Map<String, Long> kernelBytes() throws IOException {
        Map<String, Long> bytes = new LinkedHashMap<>();
        for (String kind : List.of("Slab", "PageTables", "KernelStack", "Percpu", "Shmem")) {
            bytes.put(kind, ProcessMemory.usedBytes(kind));
        }
        return bytes;
    }

    private void prepare(Slot slot) throws IOException {
        RunResult result = run(slot, HELLO);
        for (int run = 0; run < RUNS_BEFORE_WARM && result.phases().start() != Start.WARM; run++) {
            result = run(slot, HELLO);
        }
        if (result.phases().start() == Start.COLD) {
            throw new IOException("nothing is prepared here: " + result.reason());
        }
    }

    private RunResult run(Slot slot, String source) throws IOException {
        RunResult result = slot.run(request(source), new Cancellation());
        if (result.outcome() != Outcome.OK) {
            throw new IOException("a run failed: " + result.reason());
        }
        slot.getReady();
        return result;
    }

    private RunRequest request(String source) {
        return new RunRequest(
                        List.of(PythonProgram.PYTHON, "main.py"),
                        Map.of("PATH", "/usr/bin", "HOME", "/work"),
                        new byte[0],
                        List.of(new InputFile("main.py", source.getBytes(StandardCharsets.UTF_8), false)),
                        List.of(),
                        SlotLauncher.LIMITS)
                .with(Preload.forked(1, modules));
    }

    /** They take the place of what was prepared in their slots. */
    private void running(int count) throws Exception {
        long before = ProcessMemory.availableBytes();
        CountDownLatch up = new CountDownLatch(count);
        List<Cancellation> cancellations = new ArrayList<>();
        List<CompletableFuture<RunResult>> results = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            for (int index = 0; index < count; index++) {
                Slot slot = sandboxes.slot(index);
                Cancellation cancellation = new Cancellation();
                cancellations.add(cancellation);
                results.add(CompletableFuture.supplyAsync(
                        () -> slot.run(request(WAITING), cancellation, (stream, bytes) -> up.countDown()), threads));
            }
            if (!up.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("not all jobs began");
            }
            print("running jobs, beyond what was prepared", count, before - ProcessMemory.availableBytes());
        } finally {
            cancellations.forEach(Cancellation::cancel);
            CompletableFuture.allOf(results.toArray(CompletableFuture[]::new)).join();
            threads.shutdownNow();
        }
    }

    private void print(String what, int count, long bytes) {
        out.println(String.format(
                Locale.ROOT, "%-44s %8d %12.1f %12.2f", what, count, bytes / MEBIBYTE, bytes / MEBIBYTE / count));
    }
}
