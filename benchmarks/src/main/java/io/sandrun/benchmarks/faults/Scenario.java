package io.sandrun.benchmarks.faults;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** One kind of fault, put into a platform again and again. */
interface Scenario {
    /** One word for the command line and the table. */
    String name();

    /**
     * Runs it and cleans up behind it.
     *
     * @throws Exception if the scenario itself could not be carried out, which is no verdict on the platform
     */
    Findings run(Trial trial) throws Exception;

    /**
     * @param rounds how often the fault is put in
     * @param random all choices come from here
     * @param scratch an empty directory for this run alone
     */
    record Trial(int rounds, Random random, Path scratch) {}

    /**
     * @param skipped why it could not be run here; empty if it was
     * @param jobs accepted jobs that the audit looked at
     * @param faults faults that really happened
     */
    record Findings(String skipped, int rounds, int jobs, int faults, List<String> violations) {
        public Findings {
            violations = List.copyOf(violations);
        }

        static Findings of(int rounds, int jobs, int faults, List<String> violations) {
            return new Findings("", rounds, jobs, faults, violations);
        }

        static Findings skipped(String reason) {
            return new Findings(reason, 0, 0, 0, List.of());
        }
    }
}
