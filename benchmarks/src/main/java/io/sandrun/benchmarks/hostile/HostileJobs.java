package io.sandrun.benchmarks.hostile;

import java.util.Random;

/**
 * Many jobs that mean harm, in a row: {@code benchmarks/run hostile-jobs [JOBS] [SEED]}. Exit code 0 if nothing was
 * left behind and every job ended as it may, 1 if not.
 */
public final class HostileJobs {
    private static final int JOBS = 1_000;
    private static final int SEEDS = 1_000_000;

    private HostileJobs() {}

    public static void main(String[] args) throws Exception {
        int jobs = args.length > 0 ? Integer.parseInt(args[0]) : JOBS;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : new Random().nextInt(SEEDS);
        System.out.printf("%d hostile jobs, seed %d%n", jobs, seed);
        Soak soak = new Soak(seed);
        soak.run(jobs);
        soak.table().forEach(System.out::println);
        soak.violations().forEach(line -> System.out.println("VIOLATION " + line));
        System.out.printf("%d violations%n", soak.violations().size());
        System.exit(soak.violations().isEmpty() ? 0 : 1);
    }
}
