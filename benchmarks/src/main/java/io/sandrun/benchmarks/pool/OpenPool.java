package io.sandrun.benchmarks.pool;

import io.sandrun.benchmarks.Machine;
import io.sandrun.broker.reputation.Standing;
import io.sandrun.broker.reputation.Terms;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;

/**
 * An open pool with liars of every kind, under the broker's own policy, beside replication that knows nothing of its
 * nodes: {@code benchmarks/run open-pool [--nodes N] [--jobs N] [--liars N] [--seed S]}. Jobs come one after the other;
 * which node asks next is chance. Exit code 0, or 2 for a wrong command line.
 */
public final class OpenPool {
    private static final Terms TERMS = new Terms(3, 2);
    private static final int NODES_MIN = 100;
    private static final int NODES_MAX = 100_000;
    private static final int JOBS_MAX = 10_000_000;
    private static final String COURSE = "%-36s %12s %18s%n";
    private static final String ROW = "%-26s %6s %6s %7s %7s %6s %13s %13s %8s %14s%n";

    private OpenPool() {}

    public static void main(String[] args) {
        Map<String, String> options = new LinkedHashMap<>();
        for (int index = 0; index + 1 < args.length; index += 2) {
            options.put(args[index], args[index + 1]);
        }
        try {
            int nodes = Integer.parseInt(options.getOrDefault("--nodes", "10000"));
            int jobs = Integer.parseInt(options.getOrDefault("--jobs", "1000000"));
            int liars = Integer.parseInt(options.getOrDefault("--liars", String.valueOf(nodes / 100)));
            long seed = Long.parseLong(options.getOrDefault("--seed", String.valueOf(new Random().nextInt(1_000_000))));
            options.keySet().removeAll(List.of("--nodes", "--jobs", "--liars", "--seed"));
            boolean isUnderstood = args.length % 2 == 0 && options.isEmpty();
            if (isUnderstood
                    && isBetween(nodes, NODES_MIN, NODES_MAX)
                    && isBetween(jobs, 1, JOBS_MAX)
                    && isBetween(liars, 0, nodes / 2)) {
                run(nodes, liars, jobs, seed);
                return;
            }
        } catch (NumberFormatException notANumber) {
            // Falls through to the one sentence for every command line that cannot be understood.
        }
        System.err.printf(
                "usage: benchmarks/run open-pool [--nodes %d..%d] [--jobs 1..%d] [--liars 0..half] [--seed S]%n",
                NODES_MIN, NODES_MAX, JOBS_MAX);
        System.exit(2);
    }

    private static boolean isBetween(int number, int least, int most) {
        return number >= least && number <= most;
    }

    private static void run(int nodes, int liars, int jobs, long seed) {
        Machine.print();
        System.out.printf(
                "%,d nodes of which %,d lie, %,d jobs with %d replicas and a quorum of %d, seed %d%n%n",
                nodes, liars, jobs, TERMS.replicas(), TERMS.quorum(), seed);
        Crowd crowd = Crowd.of(nodes, liars);
        Course policy = underPolicy(crowd, jobs, seed);
        Course plain = replicatedOnly(Crowd.of(nodes, liars), jobs, seed);
        System.out.printf(COURSE, "", "reputation", "replication alone");
        line("executions per job, first tenth", "%.3f", policy.firstTenth(), plain.firstTenth());
        line("executions per job, last tenth", "%.3f", policy.lastTenth(), plain.lastTenth());
        line("wrong answers believed", "%,.0f", policy.wrong(), plain.wrong());
        line("jobs failed by verification", "%,.0f", policy.failed(), plain.failed());
        line("seconds of this run", "%.1f", policy.seconds(), plain.seconds());
        nodes(crowd);
    }

    static Course underPolicy(Crowd crowd, int jobs, long seed) {
        return Course.of(jobs, new PolicyRun(crowd, TERMS, new SplittableRandom(seed))::job);
    }

    static Course replicatedOnly(Crowd crowd, int jobs, long seed) {
        return Course.of(jobs, new PlainRun(crowd, TERMS, new SplittableRandom(seed))::job);
    }

    private static void line(String what, String form, double policy, double plain) {
        System.out.printf(COURSE, what, form.formatted(policy), form.formatted(plain));
    }

    private static void nodes(Crowd crowd) {
        System.out.printf("%n" + ROW, "", "", "", "", "", "", "found out", "barred", "wrong", "of them after");
        System.out.printf(
                ROW,
                "nodes",
                "keys",
                "new",
                "proven",
                "doubted",
                "barred",
                "after jobs",
                "after jobs",
                "believed",
                "being found out");
        for (Temper temper : Temper.values()) {
            List<Volunteer> nodes = crowd.of(temper);
            if (!nodes.isEmpty()) {
                System.out.printf(
                        ROW,
                        temper.words(),
                        sum(nodes, Volunteer::keys),
                        crowd.count(temper, Standing.NEW),
                        crowd.count(temper, Standing.PROVEN),
                        crowd.count(temper, Standing.DOUBTED),
                        crowd.count(temper, Standing.BARRED),
                        medianAndMost(nodes, Volunteer::caughtAfterJobs),
                        medianAndMost(nodes, Volunteer::barredAfterJobs),
                        sum(nodes, Volunteer::wrongAnswersTaken),
                        sum(nodes, Volunteer::wrongAnswersTakenSinceCaught));
            }
        }
    }

    private static int sum(List<Volunteer> nodes, ToIntFunction<Volunteer> figure) {
        return nodes.stream().mapToInt(figure).sum();
    }

    /** Of those to whom it happened. */
    private static String medianAndMost(List<Volunteer> nodes, ToIntFunction<Volunteer> afterJobs) {
        int[] sorted = nodes.stream()
                .mapToInt(afterJobs)
                .filter(jobs -> jobs > 0)
                .sorted()
                .toArray();
        return sorted.length == 0 ? "-" : sorted[sorted.length / 2] + " to " + sorted[sorted.length - 1];
    }
}
