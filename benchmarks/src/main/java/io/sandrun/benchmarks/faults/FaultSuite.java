package io.sandrun.benchmarks.faults;

import io.sandrun.benchmarks.ScratchDirectory;
import io.sandrun.benchmarks.faults.Scenario.Findings;
import io.sandrun.benchmarks.faults.Scenario.Trial;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Proves, as far as tries can, that accepted means durable, recorded means once, and a lease has one holder: {@code
 * benchmarks/run faults [--rounds N] [--seed S] [--only NAME]}. Exit code 0 if every audit was clean, 1 if one was not,
 * 2 for a wrong command line.
 */
public final class FaultSuite {
    private static final int ROUNDS = 20;
    private static final int ROUNDS_MAX = 1_000;
    private static final int SHOWN_VIOLATIONS = 20;
    private static final String ROW = "%-19s %7s %7s %8s %11s  %s%n";

    private FaultSuite() {}

    /** All of them, in the order of the table. */
    static List<Scenario> scenarios() {
        return List.of(
                BrokerKills.amongAll(),
                BrokerKills.whileReportsClaim(),
                new StepFaults(),
                new NodeFaults(),
                new NetworkCuts(),
                new DiskFaults(new FullDisk()),
                new DiskFaults(new FailingFsync()),
                new Zombies(),
                new ClockJumps());
    }

    /** Runs one scenario in a directory of its own. */
    static Findings run(Scenario scenario, int rounds, long seed) throws Exception {
        try (ScratchDirectory scratch = ScratchDirectory.make()) {
            return scenario.run(new Trial(rounds, new Random(seed), scratch.path()));
        }
    }

    public static void main(String[] args) {
        Map<String, String> options = new LinkedHashMap<>();
        for (int index = 0; index + 1 < args.length; index += 2) {
            options.put(args[index], args[index + 1]);
        }
        List<String> names = scenarios().stream().map(Scenario::name).toList();
        String only = options.remove("--only");
        try {
            int rounds = Integer.parseInt(options.getOrDefault("--rounds", String.valueOf(ROUNDS)));
            long seed = Long.parseLong(options.getOrDefault("--seed", String.valueOf(new Random().nextInt(1_000_000))));
            options.keySet().removeAll(List.of("--rounds", "--seed"));
            boolean isUnderstood = args.length % 2 == 0 && options.isEmpty() && (only == null || names.contains(only));
            if (isUnderstood && rounds >= 1 && rounds <= ROUNDS_MAX) {
                System.exit(run(rounds, seed, only == null ? names : List.of(only)) ? 0 : 1);
            }
        } catch (NumberFormatException notANumber) {
            // Falls through to the one sentence for every command line that cannot be understood.
        }
        System.err.printf(
                "usage: benchmarks/run faults [--rounds 1..%d] [--seed S] [--only %s]%n",
                ROUNDS_MAX, String.join("|", names));
        System.exit(2);
    }

    private static boolean run(int rounds, long seed, List<String> names) {
        System.out.printf("seed %d, %d rounds%n", seed, rounds);
        System.out.printf(ROW, "scenario", "rounds", "jobs", "faults", "violations", "seconds");
        boolean isClean = true;
        for (Scenario scenario : scenarios()) {
            if (names.contains(scenario.name())) {
                isClean &= row(scenario, rounds, seed);
            }
        }
        return isClean;
    }

    private static boolean row(Scenario scenario, int rounds, long seed) {
        long startedAtNanos = System.nanoTime();
        Findings findings;
        try {
            findings = run(scenario, rounds, seed);
        } catch (Exception broken) {
            findings = Findings.of(0, 0, 0, List.of("could not be carried out: " + broken));
        }
        if (!findings.skipped().isEmpty()) {
            System.out.printf(ROW, scenario.name(), "-", "-", "-", "-", "skipped: " + findings.skipped());
            return true;
        }
        long seconds = Duration.ofNanos(System.nanoTime() - startedAtNanos).toSeconds();
        System.out.printf(
                ROW,
                scenario.name(),
                findings.rounds(),
                findings.jobs(),
                findings.faults(),
                findings.violations().size(),
                seconds);
        findings.violations().stream().limit(SHOWN_VIOLATIONS).forEach(line -> System.out.println("    " + line));
        return findings.violations().isEmpty();
    }
}
