package io.sandrun.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * What whoever has just started {@code sandrun up} gets: jobs a second of the first thousands of hello jobs, by the
 * launcher as users start it, while Java's compilers are still at work. Beside it {@code xargs -P} with as many bare
 * processes at once, and what the process takes for a job. Broker and node are one process, the load is another.
 */
public final class FirstJobs {
    private static final int DEFAULT_SLOTS = 2;
    private static final int DEFAULT_WINDOWS = 4;
    private static final int JOBS = 1_000;
    private static final int BARE_STARTS = 320;
    private static final PythonProgram PROGRAM = PythonProgram.HELLO;

    private FirstJobs() {}

    /** Arguments: slots, and how many thousand jobs. */
    public static void main(String[] args) throws Exception {
        int slots = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_SLOTS;
        int windows = args.length > 1 ? Integer.parseInt(args[1]) : DEFAULT_WINDOWS;
        Machine.print();
        double bare = BareProcesses.perSecond(PROGRAM, slots, BARE_STARTS);
        System.out.printf("%d slots; xargs -P%d: %.1f/s%n", slots, slots, bare);
        try (ScratchDirectory scratch = ScratchDirectory.make()) {
            measure(scratch.path(), slots, windows, bare);
        }
        System.exit(0);
    }

    private static void measure(Path data, int slots, int windows, double bare) throws Exception {
        PROGRAM.declare(Files.createDirectories(data.resolve("node")));
        ProcessBuilder command = new ProcessBuilder(
                Checkout.root().resolve("sandrun").toString(),
                "up",
                "--port",
                "0",
                "--data",
                data.toString(),
                "--slots",
                Integer.toString(slots),
                "--environments",
                PROGRAM.name());
        // Made before, as it is for everybody but the very first.
        CliStart.makeArchive();
        try (BrokerProcess up = BrokerProcess.launch(command)) {
            JobStream stream = new JobStream(up.url(), PROGRAM);
            // Until the node is there.
            stream.run(1, result -> {});
            System.out.printf(
                    "%-10s %9s %8s %14s %14s %10s%n",
                    "jobs", "jobs/s", "x bare", "CPU ms a job", "of compilers", "RAM MiB");
            for (int window = 0; window < windows; window++) {
                window(up, stream, window, bare);
            }
        }
    }

    private static void window(BrokerProcess up, JobStream stream, int number, double bare) throws IOException {
        long cpu = up.cpuNanos();
        long compilers = up.compilersNanos();
        long begin = System.nanoTime();
        stream.run(JOBS, result -> {});
        double perSecond = JOBS * (double) TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begin);
        System.out.printf(
                "%-10s %9.1f %8.2f %14.2f %14.2f %10d%n",
                "%d-%d".formatted(number * JOBS + 1, (number + 1) * JOBS),
                perSecond,
                perSecond / bare,
                (up.cpuNanos() - cpu) / 1e6 / JOBS,
                Math.max(0, up.compilersNanos() - compilers) / 1e6 / JOBS,
                up.residentBytes() >> 20);
    }
}
