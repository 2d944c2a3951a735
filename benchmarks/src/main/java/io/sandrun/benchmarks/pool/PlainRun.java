package io.sandrun.benchmarks.pool;

import io.sandrun.benchmarks.pool.PolicyRun.Ended;
import io.sandrun.broker.reputation.Terms;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The anchor: as many copies as were asked for of each job, and the answer that a quorum gave; more copies one by one
 * while there is none. Knows nothing of its nodes. One thread.
 */
final class PlainRun {
    private final Crowd crowd;
    private final Terms terms;
    private final SplittableRandom random;

    PlainRun(Crowd crowd, Terms terms, SplittableRandom random) {
        this.crowd = crowd;
        this.terms = terms;
        this.random = random;
    }

    Ended job() {
        Map<String, Integer> votes = new HashMap<>();
        Set<Volunteer> had = new HashSet<>();
        int answers = 0;
        while (answers < terms.copiesMax()) {
            Volunteer node = crowd.any(had, random);
            had.add(node);
            if (random.nextDouble() < PolicyRun.LOSSES) {
                continue;
            }
            String answer = node.answer(random);
            answers++;
            votes.merge(answer, 1, Integer::sum);
            if (answers >= terms.replicas()) {
                for (Map.Entry<String, Integer> vote : votes.entrySet()) {
                    if (vote.getValue() >= terms.quorum()) {
                        return new Ended(had.size(), vote.getKey());
                    }
                }
            }
        }
        return new Ended(had.size(), null);
    }
}
