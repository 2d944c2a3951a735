package io.sandrun.broker.reputation;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** The answers of a job's copies, counted. What barred nodes say is not in it. Immutable. */
final class Ballot {
    private final Collection<Answer> answers;

    /** One answer and who gave it. */
    static final class Answer {
        private final String digest;
        private final boolean dependsOnMachine;
        private int given;
        private int doubted;
        private int proven;

        private Answer(Copy copy) {
            this.digest = Objects.requireNonNull(copy.digest(), "an answered copy has a digest");
            this.dependsOnMachine = copy.dependsOnMachine();
        }

        private void count(Copy copy) {
            given++;
            doubted += copy.isAnsweredBy(Standing.DOUBTED) ? 1 : 0;
            proven += copy.isAnsweredBy(Standing.PROVEN) ? 1 : 0;
        }

        String digest() {
            return digest;
        }

        boolean dependsOnMachine() {
            return dependsOnMachine;
        }

        /** Nodes that are not doubted and gave it: what it has for it. */
        int support() {
            return given - doubted;
        }

        int proven() {
            return proven;
        }
    }

    private Ballot(Collection<Answer> answers) {
        this.answers = answers;
    }

    static Ballot of(List<Copy> copies) {
        Map<String, Answer> byDigest = new LinkedHashMap<>();
        for (Copy copy : copies) {
            if (copy.isAnswered() && !copy.isAnsweredBy(Standing.BARRED)) {
                byDigest.computeIfAbsent(copy.digest(), digest -> new Answer(copy))
                        .count(copy);
            }
        }
        return new Ballot(byDigest.values());
    }

    /** The answer that has most for it; of two, the one that more proven nodes gave. Empty if there is none. */
    Optional<Answer> leader() {
        return answers.stream().max(Comparator.comparingInt(Answer::support).thenComparingInt(Answer::proven));
    }

    /** How many nodes were counted. */
    int given() {
        return answers.stream().mapToInt(answer -> answer.given).sum();
    }

    /**
     * Of all the other answers, how many nodes gave the one that most gave. A doubted node is against like any other.
     */
    int against(Answer answer) {
        return answers.stream()
                .filter(other -> isAgainst(other, answer))
                .mapToInt(other -> other.given)
                .max()
                .orElse(0);
    }

    /** Likewise counting proven nodes alone. */
    int provenAgainst(Answer answer) {
        return answers.stream()
                .filter(other -> isAgainst(other, answer))
                .mapToInt(other -> other.proven)
                .max()
                .orElse(0);
    }

    /** That one machine was too small says nothing against what another one computed. */
    private static boolean isAgainst(Answer other, Answer answer) {
        return other != answer && (!other.dependsOnMachine || answer.dependsOnMachine);
    }

    /** Whether no two nodes gave the same answer. */
    boolean isAllDifferent() {
        return answers.stream().allMatch(answer -> answer.given == 1);
    }

    /** The answers by how many gave them: "3 and 1". */
    String counts() {
        return answers.stream()
                .map(answer -> answer.given)
                .sorted(Comparator.reverseOrder())
                .map(String::valueOf)
                .collect(Collectors.joining(" and "));
    }
}
