package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Outcome;

/** An outcome and the sentence that explains it. */
record Verdict(Outcome outcome, String reason) {
    static final Verdict OK = new Verdict(Outcome.OK, "");
}
