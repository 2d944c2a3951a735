package io.sandrun.benchmarks.pool;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.benchmarks.Machine;
import io.sandrun.benchmarks.ScratchDirectory;
import io.sandrun.benchmarks.pool.VerifiedLoad.Ended;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Ten nodes of which three lie, at a real broker: {@code benchmarks/run lying-nodes [JOBS]}. Prints executions per job
 * for each tenth of the jobs, what became of the liars, and how many wrong answers were believed; exit code 1 if it was
 * one or more.
 */
public final class LyingNodes {
    private static final int JOBS = 2_000;
    private static final int TENTHS = 10;
    private static final String ROW = "%-18s %8s %8s  %s%n";

    private LyingNodes() {}

    /** Who is in a pool. */
    record Cast(int honest, int agents, List<Conduct> liars) {
        static final Cast EACH_ALONE =
                new Cast(7, 0, List.of(Conduct.ALTERS_OUTPUT, Conduct.ALTERS_EXIT_CODE, Conduct.DOES_NOT_RUN));
        static final Cast TWO_COLLUDE =
                new Cast(7, 0, List.of(Conduct.COLLUDES, Conduct.COLLUDES, Conduct.DOES_NOT_RUN));

        void join(RealPool pool) throws IOException {
            // Liars come first, so that their answers are among the first ones.
            for (Conduct liar : liars) {
                pool.add(liar, 1);
            }
            pool.add(Conduct.HONEST, honest);
            for (int agent = 0; agent < agents; agent++) {
                pool.addAgent();
            }
            pool.awaitAgents();
        }
    }

    /**
     * What many jobs came to.
     *
     * @param executionsPerJob in each tenth of them
     * @param ofLiarsAtLast copies that liars answered in the last tenth
     * @param nodes as the broker tells of them in the end
     */
    record Story(int wrong, int undecided, List<Double> executionsPerJob, long ofLiarsAtLast, JsonNode nodes) {
        static double mean(List<Double> figures) {
            return figures.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        }
    }

    public static void main(String[] args) throws Exception {
        int jobs = args.length > 0 ? Integer.parseInt(args[0]) : JOBS;
        Machine.print();
        boolean isRight = tell("three lie, each on its own", jobs, Cast.EACH_ALONE);
        isRight &= tell("three lie, two of them alike", jobs, Cast.TWO_COLLUDE);
        System.exit(isRight ? 0 : 1);
    }

    private static boolean tell(String what, int jobs, Cast cast) throws Exception {
        Story story = run(jobs, cast);
        System.out.printf("%n%,d verified jobs, 10 nodes: %s%n", jobs, what);
        StringBuilder tenths = new StringBuilder();
        story.executionsPerJob.forEach(figure -> tenths.append(" %.2f".formatted(figure)));
        System.out.printf("executions per job %.3f; in each tenth%s%n", Story.mean(story.executionsPerJob), tenths);
        System.out.printf("wrong answers believed %d, jobs without a decision %d%n", story.wrong, story.undecided);
        System.out.printf(ROW, "node", "answers", "standing", "why");
        for (JsonNode node : story.nodes) {
            System.out.printf(
                    ROW,
                    node.path("name").asText(),
                    RealPool.jobs(node),
                    node.path("standing").asText(),
                    node.path("standing_reason").asText());
        }
        return story.wrong == 0;
    }

    static Story run(int jobs, Cast cast) throws Exception {
        try (ScratchDirectory scratch = ScratchDirectory.make();
                RealPool pool = RealPool.open(scratch.path());
                VerifiedLoad load = new VerifiedLoad(pool.client())) {
            cast.join(pool);
            List<Ended> ends = new ArrayList<>();
            List<Double> executions = new ArrayList<>();
            Map<String, Long> before = new HashMap<>();
            int atOnce = jobs / TENTHS;
            for (int tenth = 0; tenth < TENTHS; tenth++) {
                pool.nodes().forEach(node -> before.put(node.path("id").asText(), RealPool.jobs(node)));
                long executed = pool.executions();
                ends.addAll(load.run(atOnce));
                executions.add((double) (pool.executions() - executed) / atOnce);
            }
            JsonNode nodes = pool.nodes();
            return new Story(
                    Collections.frequency(ends, Ended.WRONG),
                    Collections.frequency(ends, Ended.UNDECIDED),
                    executions,
                    ofLiars(nodes, before),
                    nodes);
        }
    }

    static boolean isLiar(JsonNode node) {
        String name = node.path("name").asText();
        for (Conduct conduct : Conduct.values()) {
            if (conduct != Conduct.HONEST && conduct.name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static long ofLiars(JsonNode nodes, Map<String, Long> before) {
        long answers = 0;
        for (JsonNode node : nodes) {
            answers += isLiar(node)
                    ? RealPool.jobs(node) - before.getOrDefault(node.path("id").asText(), 0L)
                    : 0;
        }
        return answers;
    }
}
