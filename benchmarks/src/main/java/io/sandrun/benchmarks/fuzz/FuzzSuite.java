package io.sandrun.benchmarks.fuzz;

import io.sandrun.benchmarks.ScratchDirectory;
import io.sandrun.benchmarks.fuzz.FuzzRun.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Looks for bytes that break a reader of ours: {@code benchmarks/run fuzz [SECONDS] [--only NAME] [--seed S] [--grow]},
 * so many seconds for each target; {@code --grow} writes what was worth keeping back into the corpus. Exit code 0 if
 * nothing broke, 1 if something did, 2 for a wrong command line.
 */
public final class FuzzSuite {
    private static final int SECONDS = 60;
    private static final int SECONDS_MAX = 86_400;
    private static final int SEEDS = 1_000_000;
    private static final String ROW = "%-8s %6s %12s %12s %8s  %s%n";

    private FuzzSuite() {}

    /** All of them, in the order of the table. */
    static List<FuzzTarget> targets() {
        return List.of(
                new PlanTarget(),
                new JvmTarget("archive", ArchiveHarness.class),
                new JvmTarget("http", HttpHarness.class),
                new JvmTarget("json", JsonHarness.class),
                new JvmTarget("form", FormHarness.class));
    }

    /** Fuzzes one target in a directory of its own. */
    static Outcome run(FuzzTarget target, int seconds, long seed, boolean grow) throws IOException {
        try (ScratchDirectory scratch = ScratchDirectory.make()) {
            return FuzzRun.of(target, scratch.path(), seconds, seed, grow);
        }
    }

    public static void main(String[] args) throws IOException {
        List<String> names = targets().stream().map(FuzzTarget::name).toList();
        List<String> words = new ArrayList<>(List.of(args));
        boolean grow = words.remove("--grow");
        try {
            String only = option(words, "--only", "");
            long seed = Long.parseLong(option(words, "--seed", String.valueOf(new Random().nextInt(SEEDS))));
            int seconds = words.isEmpty() ? SECONDS : Integer.parseInt(words.remove(0));
            boolean isUnderstood = words.isEmpty() && (only.isEmpty() || names.contains(only));
            if (isUnderstood && seconds >= 1 && seconds <= SECONDS_MAX) {
                System.exit(run(only.isEmpty() ? names : List.of(only), seconds, seed, grow) ? 0 : 1);
            }
        } catch (NumberFormatException notANumber) {
            // Falls through to the one sentence for every command line that cannot be understood.
        }
        System.err.printf(
                "usage: benchmarks/run fuzz [1..%d] [--only %s] [--seed S] [--grow]%n",
                SECONDS_MAX, String.join("|", names));
        System.exit(2);
    }

    private static String option(List<String> words, String name, String otherwise) {
        int at = words.indexOf(name);
        if (at < 0 || at + 1 >= words.size()) {
            return otherwise;
        }
        words.remove(at);
        return words.remove(at);
    }

    private static boolean run(List<String> names, int seconds, long seed, boolean grow) throws IOException {
        System.out.printf("seed %d, %d s each%n", seed, seconds);
        System.out.printf(ROW, "target", "kept", "executions", "executions/s", "edges", "finding");
        boolean isClean = true;
        for (FuzzTarget target : targets()) {
            if (names.contains(target.name())) {
                isClean &= row(target.name(), run(target, seconds, seed, grow), seconds);
            }
        }
        return isClean;
    }

    private static boolean row(String name, Outcome outcome, int seconds) {
        if (!outcome.skipped().isEmpty()) {
            System.out.printf(ROW, name, "-", "-", "-", "-", "skipped: " + outcome.skipped());
            return true;
        }
        System.out.printf(
                ROW,
                name,
                outcome.kept(),
                outcome.executions(),
                outcome.executions() / seconds,
                outcome.covered(),
                outcome.finding().isEmpty() ? "none" : outcome.finding());
        return outcome.finding().isEmpty();
    }
}
