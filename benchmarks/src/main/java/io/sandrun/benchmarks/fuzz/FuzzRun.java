package io.sandrun.benchmarks.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One target, fuzzed for a while in a directory of its own. */
final class FuzzRun {
    private static final Pattern EXECUTIONS = Pattern.compile("stat::number_of_executed_units:\\s*(\\d+)");
    private static final Pattern COVERED = Pattern.compile("cov: (\\d+)");

    /** One input may take this long, seconds, before it counts as a hang. */
    private static final int INPUT_TIMEOUT_SECONDS = 20;

    /** The process's memory, MiB, above which an input counts as a memory hog. */
    private static final int MEMORY_MB = 3072;

    /** What a process may take beyond its time to build up and to end, seconds. */
    private static final int ALLOWANCE_SECONDS = 120;

    private static final String ARTIFACT = "finding-";
    private static final int SHOWN_LINES = 40;

    private final FuzzTarget target;
    private final Path inputs;
    private final Path scratch;

    private FuzzRun(FuzzTarget target, Path scratch) throws IOException {
        this.target = target;
        this.scratch = scratch;
        this.inputs = Files.createDirectory(scratch.resolve("inputs"));
    }

    /**
     * @param skipped why it could not be run here; empty if it was
     * @param kept inputs of the corpus that it started from
     * @param covered edges that were reached
     * @param finding what broke and by which input; empty if nothing did
     */
    record Outcome(String skipped, int kept, long executions, long covered, String finding) {
        static Outcome skipped(String reason) {
            return new Outcome(reason, 0, 0, 0, "");
        }
    }

    /** @param grow whether what was found worth keeping goes into the corpus */
    static Outcome of(FuzzTarget target, Path scratch, int seconds, long seed, boolean grow) throws IOException {
        String missing = target.open(scratch);
        if (!missing.isEmpty()) {
            return Outcome.skipped(missing);
        }
        FuzzRun run = new FuzzRun(target, scratch);
        int kept = Corpus.unpack(target.name(), run.inputs);
        Outcome outcome = run.fuzz(kept, seconds, seed);
        if (grow) {
            run.grow();
        }
        return outcome;
    }

    private Outcome fuzz(int kept, int seconds, long seed) throws IOException {
        Path log = scratch.resolve("fuzz.log");
        int exit = start(
                log,
                seconds,
                "-max_total_time=" + seconds,
                "-seed=" + seed,
                "-print_final_stats=1",
                "-artifact_prefix=" + scratch.resolve(ARTIFACT),
                inputs.toString());
        String said = Files.readString(log, StandardCharsets.ISO_8859_1);
        String finding = exit == 0 ? "" : tail(said) + artifacts();
        return new Outcome("", kept, last(EXECUTIONS, said), last(COVERED, said), finding);
    }

    /** Keeps the smallest set of inputs that reaches all that was reached. */
    private void grow() throws IOException {
        Path smallest = Files.createDirectory(scratch.resolve("smallest"));
        Path log = scratch.resolve("merge.log");
        if (start(log, ALLOWANCE_SECONDS, "-merge=1", smallest.toString(), inputs.toString()) != 0) {
            throw new IOException("the corpus was not merged: " + tail(Files.readString(log)));
        }
        System.out.printf("%s: %d inputs kept%n", target.name(), Corpus.pack(smallest, target.name()));
    }

    private int start(Path log, int seconds, String... options) throws IOException {
        List<String> command = new ArrayList<>(target.command());
        command.addAll(List.of("-max_len=4096", "-timeout=" + INPUT_TIMEOUT_SECONDS, "-rss_limit_mb=" + MEMORY_MB));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .directory(scratch.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(seconds + ALLOWANCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("not done after " + (seconds + ALLOWANCE_SECONDS) + " s");
            }
            return process.exitValue();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stop);
        } finally {
            process.destroyForcibly();
        }
    }

    private static long last(Pattern pattern, String text) {
        long found = 0;
        for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
            found = Long.parseLong(matcher.group(1));
        }
        return found;
    }

    private static String tail(String text) {
        List<String> lines =
                text.lines().filter(line -> !line.startsWith("INFO:")).toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
    }

    /** The inputs that broke it, in the notation of the corpus. */
    private String artifacts() throws IOException {
        StringBuilder shown = new StringBuilder();
        try (Stream<Path> files = Files.list(scratch)) {
            for (Path file : files.filter(path -> path.getFileName().toString().startsWith(ARTIFACT))
                    .toList()) {
                shown.append("\ninput: ").append(Corpus.text(Files.readAllBytes(file)));
            }
        }
        return shown.toString();
    }
}
