package io.sandrun.node.attempt;

import io.sandrun.protocol.Outcome;

/** An attempt ends before its program could. The message is a sentence for whoever submitted the job. */
public final class AttemptFailedException extends Exception {
    private static final long serialVersionUID = 1;

    private final Outcome outcome;

    public AttemptFailedException(Outcome outcome, String reason) {
        super(reason);
        this.outcome = outcome;
    }

    public Outcome outcome() {
        return outcome;
    }

    /** The sentence. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
