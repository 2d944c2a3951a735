package io.sandrun.runtime.seccomp;

import java.util.List;

/** One line of the policy for one call: the verdict if every term holds (no terms: always), and why. */
record Rule(Verdict verdict, List<Term> terms, String reason) {
    Rule {
        terms = List.copyOf(terms);
        if (reason.isBlank()) {
            throw new IllegalArgumentException("a rule needs a reason");
        }
    }

    boolean always() {
        return terms.isEmpty();
    }
}
