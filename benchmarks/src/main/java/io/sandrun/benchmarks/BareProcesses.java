package io.sandrun.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The anchor of whatever runs programs: the same program without any of it, some processes at a time. */
final class BareProcesses {
    /** Far more than hundreds of them take on a busy machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private BareProcesses() {}

    /** Starts a second, as {@code xargs -P} makes them. */
    static double perSecond(PythonProgram program, int atOnce, int starts) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("xargs", "-P", Integer.toString(atOnce), "-n", "1"));
        command.addAll(program.bare());
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var arguments = process.outputWriter(StandardCharsets.UTF_8)) {
            for (int start = 0; start < starts; start++) {
                arguments.write(start + "\n");
            }
        }
        if (!BriefRun.hasEnded(process, PATIENCE) || process.exitValue() != 0) {
            throw new IOException("xargs failed, or did not end");
        }
        return starts * (double) TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begin);
    }
}
